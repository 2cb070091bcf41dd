#include "engine/results/export.hpp"
