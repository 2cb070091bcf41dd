#include "tests/unit/runtime/village.hpp"
