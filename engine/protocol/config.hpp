// Config: the numbers a node lives by. Every default names its origin.
#pragma once

#include <cstdint>

#include "engine/base/slim_vector.hpp"
#include "engine/base/time.hpp"
#include "engine/base/units.hpp"
#include "engine/policy/contribution.hpp"
#include "engine/policy/gossip.hpp"
#include "engine/policy/placement.hpp"
#include "engine/policy/quota.hpp"
#include "engine/protocol/ids.hpp"

namespace coop::protocol {

struct MembershipConfig {
    std::uint32_t active_max = 5;                         // HyParView, DSN 2007, §5.1
    std::uint32_t passive_max = 30;                       // HyParView, DSN 2007, §5.1
    std::uint8_t active_walk = 6;                         // ARWL: HyParView, DSN 2007, §5.1
    std::uint8_t passive_walk = 3;                        // PRWL: HyParView, DSN 2007, §5.1
    std::uint32_t shuffle_active = 3;                     // k_a: HyParView, DSN 2007, §5.1
    std::uint32_t shuffle_passive = 4;                    // k_p: HyParView, DSN 2007, §5.1
    std::uint8_t shuffle_ttl = 6;                         // HyParView, DSN 2007, §5.1
    base::Duration shuffle_every = base::seconds(60);     // Guess. Study: scenarios/studies/keep_alive.toml
    base::Duration keep_alive_every = base::seconds(15);  // below the 15-30 s of the shortest NAT mappings
    base::Duration link_silent_max = base::seconds(45);   // three keep-alives. Guess. Study: keep_alive.toml
    base::Duration join_retry = base::seconds(10);        // Guess. Study: scenarios/studies/keep_alive.toml
    base::Duration neighbor_timeout = base::seconds(10);  // Guess. Study: scenarios/studies/keep_alive.toml
    std::uint32_t members_max = 4096;  // known members: bounds memory against invented ones
    // Links are authenticated: a flipped bit in a board's memory forges one statement, three are no accident.
    std::uint32_t forged_max = 3;
    base::Duration cut_off_for = base::hours(24);  // a mended board is back the day after
};

struct BroadcastConfig {
    std::uint32_t strangers_max = 4096;         // origins heard of that are not known members
    std::uint32_t cache_max = 4096;             // notices kept for others
    std::uint32_t copies_max = 262'144;         // who holds what: four copies of `content.objects_max`
    std::uint32_t missing_max = 1024;           // announced, not yet received
    base::Duration notice_ttl = base::days(7);  // Guess. Study: scenarios/studies/sync.toml
};

struct SyncConfig {
    base::Duration every = base::minutes(5);  // while awake, with a random neighbour. Guess. Study: sync.toml
    std::uint32_t replies_max = 64;  // statements sent for one Ask: five fit into QuotaConfig::queue_max
};

struct ContentConfig {
    base::Duration failed_after =
        base::days(4);  // permanent-failure timeout. Guess. Study: failed_after.toml
    base::Duration leave_within =
        base::days(14);  // who leaves for good hands over what only it has. Guess. Study: couriers.toml
    base::Duration review_every = base::minutes(1);  // how often a node looks after its objects
    base::Duration get_timeout = base::days(7);      // a wanted object that nobody has shown up with
    base::Duration reader_keeps =
        base::minutes(30);  // a fetched copy serves others this long before it is dropped
    base::Duration ask_timeout = base::seconds(60);  // one chunk at 5 kbit/s. Guess. Study: chunk_size.toml
    std::uint32_t pulls_max = 4;                     // objects fetched at a time
    std::uint32_t window = 2;                        // chunks asked for and not yet there, per object
    std::uint32_t objects_max = 65536;               // remembered: bounds memory
    base::Duration meeting_min = base::minutes(10);  // a shorter overlap of hours does not count as meeting
};

struct QuotaConfig {
    std::uint32_t queue_max = 512;                    // messages waiting for tokens
    base::Duration wait_max = base::minutes(10);      // queued longer: dropped and counted
    base::Duration farewell_lead = base::seconds(2);  // says good night this long before the hours end
};

/// What all members of a pool have alike: said once for a million of them.
struct Tuning {
    MembershipConfig membership;
    BroadcastConfig broadcast;
    SyncConfig sync;
    ContentConfig content;
    QuotaConfig quota;
};

/// What one member has alone.
struct Own {
    policy::Contribution owner;
    base::SlimVector<PeerId> contacts;  ///< members to join through, tried in random order
};

struct Config : Tuning, Own {};

/// Shared by a whole population; outlives its nodes.
struct Policies {
    const policy::Placement* placement;
    const policy::Quota* quota;
    const policy::Gossip* gossip = &policy::usual_gossip();
};

}  // namespace coop::protocol
