// Platform: a star of hosts for SimGrid, each behind its own line of 10 Mbit/s and 5 to 50 ms: 10 to 100 ms
// from one to another.
#pragma once

#include <string>
#include <vector>

#include <simgrid/s4u.hpp>

#include "bench/peers/workload.hpp"

namespace coop::peers {

inline std::vector<simgrid::s4u::Host*> star(std::uint32_t n) {
    namespace s4u = simgrid::s4u;
    s4u::NetZone* const zone = s4u::create_star_zone("all");
    base::Rng rng = chance();
    std::vector<s4u::Host*> hosts;
    for (std::uint32_t i = 0; i < n; ++i) {
        const std::string name = std::to_string(i);
        s4u::Host* const host = zone->create_host(name, 1e9)->seal();
        s4u::Link* const line = zone->create_split_duplex_link(name, static_cast<double>(uplink_bits) / 8)
                                    ->set_latency((way(rng) / 2).seconds())
                                    ->seal();
        zone->add_route(host->get_netpoint(), nullptr, nullptr, nullptr,
                        {{line, s4u::LinkInRoute::Direction::UP}}, true);
        hosts.push_back(host);
    }
    zone->seal();
    return hosts;
}

/// For very many small actors.
inline void make_small() {
    simgrid::s4u::Engine::set_config("contexts/stack-size:16");  // KiB: else 8 MiB for each
    simgrid::s4u::Engine::set_config("contexts/guard-size:0");   // else the kernel runs out of mappings
    simgrid::s4u::Engine::set_config("network/model:CM02");  // the default, LV08, stretches delays 13 times
    simgrid::s4u::Engine::set_config("network/crosstraffic:0");  // acknowledgements cost nothing
}

/// For flows that share lines by the rule alone, without anything of TCP.
inline void make_purely_fair() {
    simgrid::s4u::Engine::set_config("network/TCP-gamma:0");       // no window
    simgrid::s4u::Engine::set_config("network/latency-factor:1");  // no corrections to what is asked for
    simgrid::s4u::Engine::set_config("network/bandwidth-factor:1");
    simgrid::s4u::Engine::set_config("network/weight-S:0");
}

}  // namespace coop::peers
