// Max-min fair flows in coopsim: the simulator's solver alone, without nodes.
#include "bench/flow_load.hpp"
#include "bench/peers/finished.hpp"
#include "bench/peers/workload.hpp"
#include "bench/sharing.hpp"

namespace coop::peers {
namespace {

void run(const Asked& asked) {
    const bench::FlowLoad load = flow_load(asked);
    bench::Sharing sharing(load, false);
    Finished finished(asked);
    while (!finished.all()) {
        sharing.happen([&](base::Instant now, std::uint32_t chain, std::uint32_t number) {
            finished.add({now.ns(), chain, number});
        });
    }
}

}  // namespace
}  // namespace coop::peers

int main(int count, char** words) { coop::peers::run(coop::peers::read(count, words, true)); }
