// Rounds: what every program in ns-3 begins with, and how those that gossip are timed.
#pragma once

#include <cstdint>
#include <string>

#include <ns3/nstime.h>
#include <ns3/object-factory.h>
#include <ns3/simulator.h>

#include "bench/peers/workload.hpp"

namespace coop::peers {

inline ns3::Time to_ns3(base::Duration time) {
    return ns3::NanoSeconds(static_cast<std::uint64_t>(time.ns()));
}

/// HOW names one of ns-3's schedulers, such as ns3::MapScheduler.
inline void choose_scheduler(const Asked& asked) {
    if (!asked.how.empty()) ns3::Simulator::SetScheduler(ns3::ObjectFactory(std::string(asked.how)));
}

/// `Gossip(n)` has publish(who), which returns when all is quiet, and counts deliveries and messages.
template <class Gossip>
void run_gossip(const Asked& asked) {
    choose_scheduler(asked);
    Gossip gossip(asked.n);
    base::Rng who = chance();
    for (std::uint32_t round = 0; round < asked.rounds; ++round) {
        gossip.deliveries = gossip.messages = 0;
        const Round timed;
        for (std::uint32_t i = 0; i < asked.amount; ++i)
            gossip.publish(static_cast<std::uint32_t>(who.below(asked.n)));
        timed.tell("gossip", asked.n, spread(gossip.deliveries, gossip.messages, asked));
    }
}

}  // namespace coop::peers
