#include "engine/results/writer.hpp"
