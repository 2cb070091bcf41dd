// What this program was built from, for the manifest of a run.
#pragma once

#include <string_view>

namespace coop::app {

std::string_view built_by();    ///< "GNU 12.2.0"
std::string_view built_from();  ///< the commit as git describes it; empty outside of git
std::string_view built_in();    ///< the folder of the project

}  // namespace coop::app
