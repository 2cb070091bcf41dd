// The catalogue: every policy by kind and name, with its parameters. The only place that lists them.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/policy/gossip.hpp"
#include "engine/policy/placement.hpp"
#include "engine/policy/policy.hpp"
#include "engine/policy/quota.hpp"

namespace coop::policy {

struct Entry {
    std::string_view kind;  ///< "gossip", "placement", "quota"
    std::string_view name;  ///< "copies/1"
    std::span<const Param> params;
    std::string_view summary;
};

/// All built-in policies, ordered by kind, then name.
std::span<const Entry> catalogue() noexcept;

/// Parameter values by name; what is not named takes its default. Values are in the stored unit.
using Values = std::vector<std::pair<std::string_view, std::int64_t>>;

/// Null when no policy of this kind has this name. Values must be within the table (asserted).
std::unique_ptr<Placement> make_placement(std::string_view name, const Values& values);
std::unique_ptr<Quota> make_quota(std::string_view name, const Values& values);
std::unique_ptr<Gossip> make_gossip(std::string_view name, const Values& values);

}  // namespace coop::policy
