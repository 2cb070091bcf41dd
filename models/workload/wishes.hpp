// Wishes: photos, notices and reads, each member by its own clockwork or by chance.
//
//     wish at any time of day ──► the member's board shares now?  yes: now
//                                                                 no:  a random moment of its next hours, or
//                                                                 never
//
// Law: a read asks for an object that somebody else was asked to put earlier. Member and habit key every
// stream, so one more habit, or one more member, changes none of the other draws.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

#include "engine/base/rng.hpp"
#include "engine/sim/ports.hpp"

namespace coop::models {

enum class Deed : std::uint8_t { photo, notice, read };

/// What some members do, and when.
struct Habit {
    Deed deed = Deed::photo;
    base::Bytes size{};                ///< of each photo or notice
    std::vector<base::Duration> at{};  ///< since the start: each member once at each of these; or empty:
    base::Duration every{};            ///< mean gap between the wishes of one member
    bool steady = false;               ///< exactly `every`, the first after a random part of it; else Poisson
    base::Duration from{};
    base::Duration until = base::Duration::max();  ///< no wish at or after
    bool skip_asleep = false;                      ///< a wish outside the hours is lost instead of late
    std::vector<std::uint32_t> by{};               ///< members; empty: all
};

struct WishesParams {
    std::uint64_t seed = 1;                 ///< the run's: phantoms' names depend on it
    std::vector<policy::DailyHours> hours;  ///< one a member
    std::vector<Habit> habits;
};

class Wishes final : public sim::Workload {
  public:
    explicit Wishes(WishesParams params);
    std::optional<sim::Task> next() override;

  private:
    struct Stream {
        std::uint32_t member;
        std::uint32_t habit;
        std::uint32_t done = 0;  // of Habit::at
        base::Rng rng;
    };
    struct Moment {
        base::Instant at;
        std::uint32_t stream;
        bool operator>(const Moment& other) const {
            return at != other.at ? at > other.at : stream > other.stream;
        }
    };
    using Queue = std::priority_queue<Moment, std::vector<Moment>, std::greater<>>;
    struct Object {
        std::uint32_t author;
        base::Digest name;
    };

    void wish_again(std::uint32_t stream, base::Instant after, bool first);
    void make_due(const Moment& wish);
    std::optional<protocol::Command> command(Stream& stream);
    std::optional<base::Digest> somebody_elses(Stream& stream) const;

    WishesParams params_;
    std::vector<Stream> streams_;
    Queue wishes_;                       // when it comes to mind
    Queue due_;                          // when the board can be asked; never earlier
    std::vector<std::uint64_t> photos_;  // by member: how many so far
    std::vector<Object> objects_;
};

}  // namespace coop::models
