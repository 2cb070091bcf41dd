#include "engine/sqlite/database.hpp"
