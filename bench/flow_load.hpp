// FlowLoad: homes that send each other files, always so many under way: who has sent one sends the next.
//
//     chain 17    ──file 0──►──file 1──►──file 2──►     n homes, 5 chains a home; a file goes from a random
//     home
//                                                       to a random other one, at once when the last is
//                                                       through
//
// Law: a file is drawn from its chain and its number there, so that it is the same whatever ended before it.
//
// A home sends at 5, 10, 20 or 40 Mbit/s and lends a tenth to all of either direction. A file has 1 to 16
// MiB. The load is a guess of its own: only ratios on the same load mean something.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "engine/base/rng.hpp"
#include "engine/base/units.hpp"

namespace coop::bench {

inline constexpr std::uint32_t chains_a_home = 5;

enum class FlowLines : std::uint8_t {
    homes,     ///< they receive five times as fast as they send, so uplinks hold back nearly everything
    even,      ///< as fast: levels depend on each other far and wide, which is the worst case
    villages,  ///< homes that send only within ten neighbours: many small components instead of one
};

struct FlowLoad {
    struct Home {
        base::ByteRate up;
        base::ByteRate down;
        base::ByteRate share_up;
        base::ByteRate share_down;
    };
    struct File {
        std::uint32_t from = 0;
        std::uint32_t to = 0;
        base::Bytes size{};
    };

    FlowLoad(std::uint32_t n, FlowLines kind)
        : reach(kind == FlowLines::villages ? std::min(n, neighbours) : n) {
        constexpr std::int64_t mbits[] = {5, 10, 20, 40};
        base::Rng rng(1, base::Purpose::test, 0);
        for (std::uint32_t i = 0; i < n; ++i) {
            const base::ByteRate up = base::bits_per_second(mbits[rng.below(4)] * 1'000'000);
            const base::ByteRate down{kind == FlowLines::even ? up.per_second : 5 * up.per_second};
            const base::Share lent_up = base::percent(static_cast<std::int64_t>(10 + rng.below(91)));
            const base::Share lent_down = base::percent(static_cast<std::int64_t>(10 + rng.below(91)));
            homes.push_back({up, down, up * lent_up, down * lent_down});
        }
    }
    std::uint32_t chains() const { return chains_a_home * size(); }
    std::uint32_t size() const { return static_cast<std::uint32_t>(homes.size()); }

    File file(std::uint32_t chain, std::uint32_t number) const {
        base::Rng rng(2, base::Purpose::test, (std::uint64_t{chain} << 32) | number);
        File file;
        file.from = static_cast<std::uint32_t>(rng.below(size()));
        const std::uint32_t first = std::min(file.from / reach * reach, size() - reach);
        file.to = first + static_cast<std::uint32_t>(rng.below(reach - 1));
        if (file.to >= file.from) ++file.to;
        file.size = base::mib(1) + base::Bytes{static_cast<std::int64_t>(rng.below(15 * 1024 * 1024 + 1))};
        return file;
    }

    static constexpr std::uint32_t neighbours = 10;
    std::uint32_t reach;  ///< so many homes send to each other
    std::vector<Home> homes;
};

}  // namespace coop::bench
