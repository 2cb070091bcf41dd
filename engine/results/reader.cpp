#include "engine/results/reader.hpp"
