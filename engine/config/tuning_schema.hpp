// The keys of policies and of the protocol's own numbers, for scenarios and boards alike. Defaults stand in
// engine/protocol/config.hpp; here stand bounds and origins.
#pragma once

#include "engine/config/visitors.hpp"
#include "engine/protocol/content.hpp"

namespace coop::config {

namespace origin {
inline constexpr std::string_view hyparview = "HyParView, DSN 2007, §5.1";
inline constexpr std::string_view memory = "bounds memory";
}  // namespace origin

template <class V>
void visit(V& v, PolicyChoices& p, const Context&) {
    v.field("gossip", p.gossip, PolicyIn{"gossip"}, "engine/policy/gossip.cpp");
    v.field("placement", p.placement, PolicyIn{"placement"}, "engine/policy/copies.cpp");
    v.field("quota", p.quota, PolicyIn{"quota"}, "engine/policy/fixed_share.cpp");
}

template <class V>
void visit(V& v, protocol::MembershipConfig& m, const Context&) {
    constexpr auto peers_max = static_cast<std::uint32_t>(protocol::peers_in_message_max);
    constexpr DurationIn timer{base::milliseconds(10), base::days(1)};
    constexpr std::string_view keep_alive = "Guess. Study: scenarios/studies/keep_alive.toml";
    v.field("active_max", m.active_max, Whole<std::uint32_t>{1, peers_max, "peers"}, origin::hyparview);
    v.field("passive_max", m.passive_max, Whole<std::uint32_t>{1, 10'000, "peers"}, origin::hyparview);
    v.field("active_walk", m.active_walk, Whole<std::uint8_t>{0, 32, "hops"}, origin::hyparview);
    v.field("passive_walk", m.passive_walk, Whole<std::uint8_t>{0, 32, "hops"}, origin::hyparview);
    v.field("shuffle_active", m.shuffle_active, Whole<std::uint32_t>{0, peers_max - 1, "peers"},
            origin::hyparview);
    v.field("shuffle_passive", m.shuffle_passive, Whole<std::uint32_t>{0, peers_max - 1, "peers"},
            origin::hyparview);
    v.field("shuffle_ttl", m.shuffle_ttl, Whole<std::uint8_t>{1, 32, "hops"}, origin::hyparview);
    v.field("shuffle_every", m.shuffle_every, timer, "Guess. Study: scenarios/studies/keep_alive.toml");
    v.field("keep_alive_every", m.keep_alive_every, timer, "below the 15-30 s of the shortest NAT mappings");
    v.field("link_silent_max", m.link_silent_max, timer, "three keep-alives. " + std::string(keep_alive));
    v.field("join_retry", m.join_retry, timer, keep_alive);
    v.field("neighbor_timeout", m.neighbor_timeout, timer, keep_alive);
    v.field("members_max", m.members_max, Whole<std::uint32_t>{2, 10'000'000, "members"}, origin::memory);
    v.field("forged_max", m.forged_max, Whole<std::uint32_t>{1, 1'000'000, "statements"},
            "a flipped bit in a board's memory forges one");
    v.field("cut_off_for", m.cut_off_for, DurationIn{base::seconds(1)},
            "a mended board is back the day after");
    v.require(1 + m.shuffle_active + m.shuffle_passive <= peers_max, {"shuffle_passive", "shuffle_active"},
              "one shuffle carries at most " + std::to_string(peers_max) +
                  " peers: the node itself, shuffle_active and shuffle_passive");
    v.require(m.link_silent_max > m.keep_alive_every, {"link_silent_max", "keep_alive_every"},
              "link_silent_max must be longer than keep_alive_every, or every quiet link breaks");
}

template <class V>
void visit(V& v, protocol::BroadcastConfig& b, const Context&) {
    v.field("strangers_max", b.strangers_max, Whole<std::uint32_t>{1, 10'000'000, "origins"}, origin::memory);
    v.field("cache_max", b.cache_max, Whole<std::uint32_t>{1, 10'000'000, "statements"}, origin::memory);
    v.field("copies_max", b.copies_max, Whole<std::uint32_t>{16, 100'000'000, "statements"}, origin::memory);
    v.field("missing_max", b.missing_max, Whole<std::uint32_t>{1, 10'000'000, "statements"}, origin::memory);
    v.field("notice_ttl", b.notice_ttl, DurationIn{base::seconds(1)},
            "Guess. Study: scenarios/studies/sync.toml");
}

template <class V>
void visit(V& v, protocol::SyncConfig& s, const Context&) {
    v.field("every", s.every, DurationIn{base::milliseconds(100), base::days(30)},
            "Guess. Study: scenarios/studies/sync.toml");
    v.field("replies_max", s.replies_max, Whole<std::uint32_t>{1, 1'000'000, "statements"},
            "Guess. Study: scenarios/studies/sync.toml");
}

template <class V>
void visit(V& v, protocol::ContentConfig& c, const Context&) {
    constexpr DurationIn timer{base::milliseconds(10), base::days(30)};
    constexpr std::string_view failed = "Guess. Study: scenarios/studies/failed_after.toml";
    constexpr std::string_view chunk = "Guess. Study: scenarios/studies/chunk_size.toml";
    v.field("failed_after", c.failed_after, DurationIn{base::seconds(1)}, failed);
    v.field("leave_within", c.leave_within, DurationIn{}, "Guess. Study: scenarios/studies/couriers.toml");
    v.field("review_every", c.review_every, timer, failed);
    v.field("get_timeout", c.get_timeout, DurationIn{base::seconds(1)}, chunk);
    v.field("reader_keeps", c.reader_keeps, DurationIn{}, chunk);
    v.field("ask_timeout", c.ask_timeout, timer, "one chunk at 5 kbit/s. " + std::string(chunk));
    v.field("pulls_max", c.pulls_max, Whole<std::uint32_t>{1, 1'000, "objects"}, chunk);
    v.field("window", c.window, Whole<std::uint32_t>{1, 1'000, "chunks"}, chunk);
    v.field("objects_max", c.objects_max, Whole<std::uint32_t>{1, 100'000'000, "objects"}, origin::memory);
    v.field("meeting_min", c.meeting_min, DurationIn{base::Duration::zero(), base::days(1)},
            "Guess. Study: scenarios/studies/couriers.toml");
}

template <class V>
void visit(V& v, protocol::QuotaConfig& q, const Context&) {
    constexpr std::string_view queue = "Guess. Study: scenarios/studies/chunk_size.toml";
    v.field("queue_max", q.queue_max, Whole<std::uint32_t>{1, 1'000'000, "messages"}, origin::memory);
    v.field("wait_max", q.wait_max, DurationIn{base::milliseconds(10), base::days(30)}, queue);
    v.field("farewell_lead", q.farewell_lead, DurationIn{base::Duration::zero(), base::hours(1)}, queue);
}

/// The five tables of a Tuning, in the file that `owner` is.
template <class V>
void visit_tuning(V& v, Tuning& t, const Context& c) {
    v.section("membership", t.membership, c);
    v.section("broadcast", t.broadcast, c);
    v.section("sync", t.sync, c);
    v.section("content", t.content, c);
    v.section("quota", t.quota, c);
}

}  // namespace coop::config
