#include "engine/results/rows.hpp"
