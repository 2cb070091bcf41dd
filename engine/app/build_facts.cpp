#include "engine/app/build_facts.hpp"

// Defined for this file alone, so that another commit compiles nothing else again.
namespace coop::app {

std::string_view built_by() { return COOP_COMPILER; }
std::string_view built_from() { return COOP_COMMIT; }
std::string_view built_in() { return COOP_PROJECT; }

}  // namespace coop::app
