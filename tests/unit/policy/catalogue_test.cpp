// The conformance suite: what every policy in the catalogue promises, whoever wrote it.
#include "engine/policy/catalogue.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/base/rng.hpp"

namespace coop::policy {
namespace {

std::vector<const Entry*> of_kind(std::string_view kind) {
    std::vector<const Entry*> found;
    for (const Entry& entry : catalogue()) {
        if (entry.kind == kind) found.push_back(&entry);
    }
    return found;
}

std::vector<Values> corners(const Entry& entry) {
    Values least, most;
    for (const Param& param : entry.params) {
        least.emplace_back(param.name, param.least);
        most.emplace_back(param.name, param.most);
    }
    return {{}, least, most};
}

std::vector<Candidate> members(std::size_t count, base::Rng& rng) {
    std::vector<Candidate> made(count);
    for (Candidate& member : made) {
        member.key = rng.next();
        member.weight = static_cast<std::uint32_t>(rng.below(4));  // every fourth takes nothing
    }
    return made;
}

TEST(Catalogue, IsOrderedByKindThenNameWithoutRepeats) {
    const auto entries = catalogue();
    ASSERT_FALSE(entries.empty());
    for (std::size_t i = 1; i < entries.size(); ++i) {
        EXPECT_LT(std::pair(entries[i - 1].kind, entries[i - 1].name),
                  std::pair(entries[i].kind, entries[i].name));
    }
}

TEST(Catalogue, NamesCarryANumber) {
    for (const Entry& entry : catalogue()) {
        const std::size_t slash = entry.name.find('/');
        ASSERT_NE(slash, std::string_view::npos) << entry.name;
        const std::string_view number = entry.name.substr(slash + 1);
        EXPECT_FALSE(number.empty()) << entry.name;
        EXPECT_TRUE(
            std::all_of(number.begin(), number.end(), [](unsigned char c) { return std::isdigit(c) != 0; }));
        EXPECT_FALSE(entry.summary.empty()) << entry.name;
    }
}

TEST(Catalogue, TablesAreSaneAndSayWhyAndFromWhere) {
    for (const Entry& entry : catalogue()) {
        std::set<std::string_view> names;
        for (const Param& param : entry.params) {
            SCOPED_TRACE(std::string(entry.name) + "." + std::string(param.name));
            EXPECT_TRUE(names.insert(param.name).second);
            EXPECT_FALSE(param.unit.empty());
            EXPECT_LE(param.least, param.fallback);
            EXPECT_LE(param.fallback, param.most);
            EXPECT_FALSE(param.why.empty());
            EXPECT_FALSE(param.origin.empty());
        }
    }
}

TEST(Catalogue, MakesWhatItLists) {
    for (const Entry* entry : of_kind("placement")) {
        for (const Values& values : corners(*entry)) {
            const auto policy = make_placement(entry->name, values);
            ASSERT_NE(policy, nullptr);
            EXPECT_EQ(policy->name(), entry->name);
            EXPECT_EQ(policy->params().data(), entry->params.data());
        }
        EXPECT_EQ(make_quota(entry->name, {}), nullptr);
    }
    for (const Entry* entry : of_kind("quota")) {
        for (const Values& values : corners(*entry)) {
            const auto policy = make_quota(entry->name, values);
            ASSERT_NE(policy, nullptr);
            EXPECT_EQ(policy->name(), entry->name);
            EXPECT_EQ(policy->params().data(), entry->params.data());
        }
        EXPECT_EQ(make_placement(entry->name, {}), nullptr);
    }
    for (const Entry* entry : of_kind("gossip")) {
        for (const Values& values : corners(*entry)) {
            const auto policy = make_gossip(entry->name, values);
            ASSERT_NE(policy, nullptr);
            EXPECT_EQ(policy->name(), entry->name);
            EXPECT_EQ(policy->params().data(), entry->params.data());
        }
    }
    EXPECT_EQ(make_placement("copies", {}), nullptr);
}

TEST(EveryPlacement, ChoosesDistinctWillingMembersAndIsSatisfiedByThem) {
    base::Rng rng(1, base::Purpose::test, 1);
    for (const Entry* entry : of_kind("placement")) {
        for (const Values& values : corners(*entry)) {
            const auto policy = make_placement(entry->name, values);
            for (std::size_t count : {0U, 1U, 2U, 7U, 300U}) {
                const auto crowd = members(count, rng);
                const PlacementView view{rng.next(), crowd};
                std::vector<std::uint32_t> chosen(policy->chosen_max());
                chosen.resize(policy->choose(view, chosen));
                EXPECT_LE(chosen.size(), policy->chosen_max());
                EXPECT_EQ(std::set(chosen.begin(), chosen.end()).size(), chosen.size());
                for (const std::uint32_t index : chosen) {
                    ASSERT_LT(index, crowd.size());
                    EXPECT_GT(crowd[index].weight, 0U);
                }
                EXPECT_TRUE(policy->satisfied_by(view, chosen)) << entry->name << " of " << count;
            }
        }
    }
}

TEST(EveryPlacement, IsPureAndHeedsNoOrderOfMembers) {
    base::Rng rng(2, base::Purpose::test, 2);
    for (const Entry* entry : of_kind("placement")) {
        const auto policy = make_placement(entry->name, {});
        auto crowd = members(40, rng);
        const std::uint64_t object = rng.next();
        const auto keys = [&] {
            std::vector<std::uint32_t> chosen(policy->chosen_max());
            chosen.resize(policy->choose({object, crowd}, chosen));
            std::vector<std::uint64_t> made;
            for (const std::uint32_t index : chosen) made.push_back(crowd[index].key);
            return made;
        };
        const auto first = keys();
        EXPECT_EQ(keys(), first);
        std::reverse(crowd.begin(), crowd.end());
        EXPECT_EQ(keys(), first);
    }
}

TEST(EveryPlacement, FillsNoMoreThanItIsGivenRoomFor) {
    base::Rng rng(3, base::Purpose::test, 3);
    for (const Entry* entry : of_kind("placement")) {
        const auto policy = make_placement(entry->name, {});
        const auto crowd = members(40, rng);
        const PlacementView view{rng.next(), crowd};
        std::vector<std::uint32_t> whole(policy->chosen_max());
        whole.resize(policy->choose(view, whole));
        for (std::size_t room = 0; room <= whole.size(); ++room) {
            std::vector<std::uint32_t> part(room);
            ASSERT_EQ(policy->choose(view, part), room);
            EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin()));
        }
    }
}

TEST(EveryPlacement, IsTotalOverHoldersThatMakeNoSense) {
    base::Rng rng(4, base::Purpose::test, 4);
    for (const Entry* entry : of_kind("placement")) {
        const auto policy = make_placement(entry->name, {});
        const std::array<Candidate, 2> crowd{{{1, 1}, {2, 1}}};
        const std::vector<std::uint32_t> nonsense(1000, std::numeric_limits<std::uint32_t>::max());
        EXPECT_FALSE(policy->satisfied_by({rng.next(), crowd}, nonsense));
        EXPECT_FALSE(policy->satisfied_by({rng.next(), crowd}, {}));
        EXPECT_TRUE(policy->satisfied_by({rng.next(), {}}, nonsense));
    }
}

TEST(EveryQuota, LimitsNeverExceedTheLineOrTheDisk) {
    for (const Entry* entry : of_kind("quota")) {
        for (const Values& values : corners(*entry)) {
            const auto policy = make_quota(entry->name, values);
            for (const std::int64_t ppm : {0, 1, 30'000, 1'000'000}) {
                const Contribution owner{{125'000}, {625'000}, {ppm}, {}, base::gigabytes(8)};
                const Limits limits = policy->limits(owner);
                EXPECT_GE(limits.up.per_second, 0);
                EXPECT_LE(limits.up, owner.line_up);
                EXPECT_GE(limits.down.per_second, 0);
                EXPECT_LE(limits.down, owner.line_down);
                EXPECT_LE(limits.disk, owner.disk);
                EXPECT_GT(limits.burst.count, 0);
            }
        }
    }
}

TEST(EveryQuota, IsTotalAndPure) {
    constexpr std::int64_t edge = std::numeric_limits<std::int64_t>::max();
    const std::array<std::int64_t, 6> amounts{-edge, -1, 0, 1, 40'000, edge};
    for (const Entry* entry : of_kind("quota")) {
        const auto policy = make_quota(entry->name, {});
        for (const Act act : {Act::send, Act::fetch, Act::store}) {
            for (const bool within : {false, true}) {
                for (const std::int64_t size : amounts) {
                    for (const std::int64_t have : amounts) {
                        const QuotaView view{act, {size}, within, {have}, {have}, {40'000}};
                        const Verdict verdict = policy->decide(view);
                        EXPECT_NE(to_text(verdict), "unknown");
                        EXPECT_EQ(policy->decide(view), verdict);
                    }
                }
            }
        }
    }
}

TEST(EveryQuota, NeverLetsTheDiskOverflow) {
    for (const Entry* entry : of_kind("quota")) {
        const auto policy = make_quota(entry->name, {});
        QuotaView view{Act::store, {100}, true, {1'000'000}, {900}, {1000}};
        EXPECT_EQ(policy->decide(view), Verdict::granted);
        view.disk_used = {901};
        EXPECT_EQ(policy->decide(view), Verdict::disk_full);
    }
}

}  // namespace
}  // namespace coop::policy
