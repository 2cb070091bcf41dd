// The nearest known name to one that is not known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace coop::config {

using Names = std::vector<std::string>;

/// Empty when nothing is near: more than two edits, and more than a third of the name.
std::string nearest(std::string_view name, const Names& known);

/// `did you mean "reciprocal/1"?   known: none/1, fixed_share/1, reciprocal/1`. Long lists show the
/// nearest eight.
std::string advise(std::string_view name, const Names& known);

}  // namespace coop::config
