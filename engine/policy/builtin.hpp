// The parameter tables of the built-in policies, for the catalogue and the policies themselves.
#pragma once

#include <span>

#include "engine/policy/policy.hpp"

namespace coop::policy {

std::span<const Param> copies_params() noexcept;
std::span<const Param> fixed_share_params() noexcept;
std::span<const Param> no_quota_params() noexcept;
std::span<const Param> plumtree_params() noexcept;
std::span<const Param> push_params() noexcept;

}  // namespace coop::policy
