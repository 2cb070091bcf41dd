// Policy: one decision left to a cooperative, with a name, a number and a table of parameters.
//
// Law: a policy answers one question from a View that the core fills, keeps no memory, draws only from the
// generator it is lent, and one instance serves a whole population. The number in `name()` goes up whenever
// any decision would change; every result records it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace coop::policy {

/// One row of a policy's table: it serves the TOML checks, `coopsim policies`, the docs and Python.
struct Param {
    std::string_view name;
    std::string_view unit;  ///< "copies", "ppm", "bytes", "ns" … as stored
    std::int64_t fallback;  ///< the default
    std::int64_t least;
    std::int64_t most;
    std::string_view why;
    std::string_view origin;  ///< paper and section, `Measured: file`, or `Guess. Study: copies.toml`
};

class Policy {
  public:
    virtual ~Policy() = default;
    Policy() = default;
    Policy(const Policy&) = delete;
    Policy& operator=(const Policy&) = delete;

    virtual std::string_view name() const noexcept = 0;
    virtual std::span<const Param> params() const noexcept = 0;
};

}  // namespace coop::policy
