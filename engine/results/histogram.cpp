#include "engine/results/histogram.hpp"
