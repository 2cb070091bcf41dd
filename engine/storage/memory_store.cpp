#include "engine/storage/memory_store.hpp"
