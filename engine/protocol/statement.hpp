// Statements: what a member says under its signature, numbered in the order it said it.
//
// Law: statements are the only thing that travels further than one hop. A statement is durable on its
// author's board before it leaves, its number is never used again, and nobody forwards one whose signature
// does not hold.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "engine/base/digest.hpp"
#include "engine/base/shared.hpp"
#include "engine/base/time.hpp"
#include "engine/base/units.hpp"
#include "engine/policy/contribution.hpp"
#include "engine/protocol/content.hpp"
#include "engine/protocol/ids.hpp"

namespace coop::protocol {

/// Where a board takes connections: IPv6, or IPv4 mapped into it (RFC 4291, §2.5.5.2). The node never looks
/// inside.
struct Endpoint {
    std::array<std::uint8_t, 16> address{};
    std::uint16_t port = 0;
    constexpr auto operator<=>(const Endpoint&) const = default;
};

/// "I am here, at these hours, with this much disk."
struct Announcement {
    policy::DailyHours hours;  ///< whole seconds on the wire
    base::Bytes disk;          ///< offered to the pool
    bool accepting = true;     ///< false: the disk is full or failing; place nothing here
    bool leaving = false;      ///< for good: still here to hand over its copies; with no disk, gone
    /// Added by the codec, so absent where the author itself made it. It stays with the statement, because
    /// the signature covers it: a forwarder that had heard of another address could not encode the same bytes
    /// again.
    std::optional<Endpoint> endpoint = {};

    /// The last word of a member: nothing is there any more.
    constexpr bool departed() const { return leaving && disk.count == 0; }
};

/// Whose copy of an object this is.
enum class Custody : std::uint8_t {
    author = 1,  ///< the publisher's original, until the pool holds enough
    keeper,      ///< one of the placed copies
    courier,     ///< carried for somebody whose waking hours no holder shares
    released,    ///< no longer held
};

/// "I hold a whole, checked copy of this object" (or no longer do).
struct Holding {
    base::Digest object;
    base::Bytes size;
    Custody custody = Custody::keeper;
};

/// A few words to everybody. `text` is null when only its size is simulated.
struct Notice {
    base::Bytes size;
    std::shared_ptr<const Content> text;
};
inline constexpr base::Bytes notice_size_max = base::kib(16);

using Body = std::variant<Announcement, Holding, Notice>;

/// How far ahead of ours a signer's clock may be. Guess: boards without a battery clock sync by NTP within
/// it.
inline constexpr base::Duration clock_skew_max = base::minutes(5);

struct Statement {
    StatementId id;
    base::Instant at;  ///< by the author's clock
    Body body;
};

struct Signature {
    std::array<std::uint8_t, 64> bytes{};
    constexpr auto operator<=>(const Signature&) const = default;
};

struct Signed {
    Statement statement;
    Signature signature;
};
/// Shared by every message, cache and store that carries it; never changed after it was made.
using SignedRef = base::Shared<Signed>;
inline SignedRef share(Signed made) { return SignedRef::make(std::move(made)); }

}  // namespace coop::protocol
