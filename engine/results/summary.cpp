#include "engine/results/summary.hpp"
