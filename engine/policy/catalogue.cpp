#include "engine/policy/catalogue.hpp"

#include <array>

#include "engine/base/assert.hpp"
#include "engine/policy/builtin.hpp"

namespace coop::policy {

namespace {

std::int64_t value_of(const Param& param, const Values& values) {
    for (const auto& [name, value] : values) {
        if (name != param.name) continue;
        COOP_ASSERT(value >= param.least && value <= param.most);
        return value;
    }
    return param.fallback;
}

}  // namespace

std::span<const Entry> catalogue() noexcept {
    static const std::array<Entry, 6> entries{{
        {"gossip", "flood/1", {}, "every link, at once: nothing is faster, and nothing costs more"},
        {"gossip", "plumtree/1", plumtree_params(), "along a tree, announced on the other links"},
        {"gossip", "push/1", push_params(), "to a few at random, by each who has just heard it"},
        {"placement", "copies/1", copies_params(), "n equal copies on the n members ranked best by hashing"},
        {"quota", "fixed_share/1", fixed_share_params(), "one share of line, hours and disk for everybody"},
        {"quota", "none/1", no_quota_params(), "the whole line, all day; the disk is the only bound"},
    }};
    return entries;
}

std::unique_ptr<Placement> make_placement(std::string_view name, const Values& values) {
    if (name == "copies/1") return make_copies(value_of(copies_params()[0], values));
    return nullptr;
}

std::unique_ptr<Quota> make_quota(std::string_view name, const Values& values) {
    if (name == "fixed_share/1") return make_fixed_share({value_of(fixed_share_params()[0], values)});
    if (name == "none/1") return make_no_quota({value_of(no_quota_params()[0], values)});
    return nullptr;
}

std::unique_ptr<Gossip> make_gossip(std::string_view name, const Values& values) {
    if (name == "flood/1") return make_flood();
    if (name == "plumtree/1") {
        const auto table = plumtree_params();
        return make_plumtree({.graft_after = base::nanoseconds(value_of(table[0], values)),
                              .graft_again = base::nanoseconds(value_of(table[1], values))});
    }
    if (name == "push/1") {
        return make_push({.fanout = static_cast<std::uint32_t>(value_of(push_params()[0], values))});
    }
    return nullptr;
}

}  // namespace coop::policy
