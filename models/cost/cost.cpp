#include "models/cost/cost.hpp"

namespace coop::models {
namespace {

double share(base::Bytes carried, base::ByteRate rate, base::Duration span) {
    const double could = static_cast<double>(rate.per_second) * span.seconds();
    return could > 0 ? static_cast<double>(carried.count) / could : 0;
}

}  // namespace

MemberCost cost_of(const sim::Board& board, const sim::Counters& counters, const LineUse& line,
                   const Tariff& tariff) {
    sim::Counters unpowered = counters;
    unpowered.powered = {};
    sim::Counters in_hours = counters;
    in_hours.powered = counters.awake;
    MemberCost cost;
    cost.kwh = kwh(sim::joules(board, counters));
    cost.kwh_in_hours = kwh(sim::joules(board, in_hours));
    cost.kwh_work = kwh(sim::joules(board, unpowered));
    cost.eur = cost.kwh * tariff.eur_per_kwh;
    cost.share_up = share(counters.up.line + counters.resent, line.up, line.span);
    cost.share_down = share(counters.down.line, line.down, line.span);
    cost.disk = counters.disk_used;
    return cost;
}

}  // namespace coop::models
