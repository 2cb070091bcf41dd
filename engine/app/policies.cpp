#include <cstdio>

#include <fmt/format.h>

#include "engine/app/commands.hpp"
#include "engine/config/scenario.hpp"
#include "engine/policy/catalogue.hpp"

namespace coop::app {

int list_policies() {
    for (const policy::Entry& entry : policy::catalogue()) {
        fmt::print("{} {}\n  {}\n", entry.kind, entry.name, entry.summary);
        for (const policy::Param& p : entry.params) {
            fmt::print("    {:<12} {} (from {} to {})\n", p.name, config::amount_of(p, p.fallback),
                       config::amount_of(p, p.least), config::amount_of(p, p.most));
            fmt::print("    {:<12} {}\n    {:<12} origin: {}\n", "", p.why, "", p.origin);
        }
        fmt::print("\n");
    }
    return exit_ok;
}

}  // namespace coop::app
