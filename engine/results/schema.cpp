#include "engine/results/schema.hpp"
