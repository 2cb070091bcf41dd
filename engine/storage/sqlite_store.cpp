#include "engine/storage/sqlite_store.hpp"
