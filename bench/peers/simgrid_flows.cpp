// Max-min fair flows in SimGrid: for each chain a mailbox and two actors, which go to where the next file
// goes from and to. `Comm::sendto` would need one actor only, but keeps all flows in one list, which is
// searched at every end: among villages it took 20 times as long.
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include <simgrid/s4u.hpp>

#include "bench/flow_load.hpp"
#include "bench/peers/finished.hpp"
#include "bench/peers/simgrid_platform.hpp"
#include "bench/peers/workload.hpp"

namespace coop::peers {
namespace {

namespace s4u = simgrid::s4u;

/// A star of homes without delays, each with a link up and a link down.
std::vector<s4u::Host*> homes_of(const bench::FlowLoad& load) {
    s4u::NetZone* const zone = s4u::create_star_zone("all");
    std::vector<s4u::Host*> hosts;
    for (const bench::FlowLoad::Home& home : load.homes) {
        const std::string name = std::to_string(hosts.size());
        const auto line = [&](const char* way, base::ByteRate rate) {
            s4u::Link* const link = zone->create_link(name + way, static_cast<double>(rate.per_second));
            return std::vector{s4u::LinkInRoute(link->set_latency(0)->seal())};
        };
        s4u::Host* const host = zone->create_host(name, 1e9)->seal();
        zone->add_route(host->get_netpoint(), nullptr, nullptr, nullptr, line("up", home.up), false);
        zone->add_route(nullptr, host->get_netpoint(), nullptr, nullptr, line("down", home.down), false);
        hosts.push_back(host);
    }
    zone->seal();
    return hosts;
}

void run(const Asked& asked, s4u::Engine& engine) {
    make_small();
    make_purely_fair();
    // Solving all anew costs less than finding out what need not be, unless that is nearly everything.
    s4u::Engine::set_config(asked.how == "villages" ? "network/optim:Lazy" : "network/optim:Full");
    const bench::FlowLoad load = flow_load(asked);
    const std::vector<s4u::Host*> hosts = homes_of(load);
    Finished finished(asked);
    char contents = 0;
    for (std::uint32_t chain = 0; chain < load.chains(); ++chain) {
        s4u::Mailbox* const box = s4u::Mailbox::by_name(std::to_string(chain));
        s4u::Actor::create("sends", hosts[0], [&, box, chain] {
            for (std::uint32_t number = 0;; ++number) {
                const bench::FlowLoad::File file = load.file(chain, number);
                s4u::this_actor::set_host(hosts[file.from]);
                box->put(&contents, static_cast<std::uint64_t>(file.size.count));
                finished.add({std::llround(s4u::Engine::get_clock() * 1e9), chain, number});
                if (finished.all()) std::quick_exit(0);  // to kill all chains takes longer than the run
            }
        });
        s4u::Actor::create("receives", hosts[0], [&, box, chain] {
            for (std::uint32_t number = 0;; ++number) {
                s4u::this_actor::set_host(hosts[load.file(chain, number).to]);
                box->get<char>();
            }
        });
    }
    engine.run();
}

}  // namespace
}  // namespace coop::peers

int main(int count, char** words) {
    simgrid::s4u::Engine engine(&count, words);
    coop::peers::run(coop::peers::read(count, words, true), engine);
}
