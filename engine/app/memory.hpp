// Memory: whether a run fits, before it starts and while it goes on.
//
// Law: what is said to be needed is for boards and what they know of one another, before content; it is what
// such runs took, rounded to no side. A run that grows beyond what it may use is stopped, with its results.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/base/units.hpp"
#include "engine/config/scenario.hpp"

namespace coop::app {

/// What this machine, or the container that the program runs in, can still give.
base::Bytes memory_free();
/// What this process takes now.
base::Bytes memory_taken();
/// The most that it took. Not as getrusage has it: there a program inherits what took up the one before it.
base::Bytes memory_peak();
/// What a simulation of this scenario takes once everybody knows everybody that it has room for.
base::Bytes memory_needed(const config::Scenario& scenario);

/// "8GB" as written by a user; empty means `memory_free()`. The error is a sentence.
base::Result<base::Bytes, std::string> memory_limit(std::string_view written);

}  // namespace coop::app
