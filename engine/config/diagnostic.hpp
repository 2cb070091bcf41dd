// Diagnostic: what is wrong with a file that somebody wrote, said once and well.
//
//     scenarios/village.toml:9:25: unknown quota policy "reciprocl/1"
//        9 | policy.quota = { name = "reciprocl/1" }
//                                    ^~~~~~~~~~~~~
//        did you mean "reciprocal/1"?   known: none/1, fixed_share/1, reciprocal/1
//
// Law: one message, with the place, what is allowed and the nearest name. Programs print it and exit with 2.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace coop::config {

struct Diagnostic {
    std::string file;          ///< as the user named it; "<--set>" for an override
    std::uint32_t line = 1;    ///< from 1
    std::uint32_t column = 1;  ///< from 1, in characters
    std::string message;
    std::string source;        ///< the line itself; empty when there is none to show
    std::uint32_t length = 1;  ///< characters to underline
    std::string advice;        ///< "did you mean …?   known: …"; may be empty

    /// As above, without a newline at the end.
    std::string to_text() const;
};

/// For a terminal: control characters as \x1b, \u0085 …, except those in `kept`.
std::string printable(std::string_view text, std::string_view kept = {});

}  // namespace coop::config
