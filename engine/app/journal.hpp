// Journal: what one board did and saw, a JSON object a line; and the words in which every run's events are
// kept.
//
//     {"t":1250000000,"report":"delivered","origin":"9f…","sequence":2,"size":1151,"hops":1,"age_ns":8123456}
//     {"t":2000000000,"sent":"gossip","messages":4,"bytes":5012}            all of one second and one kind
//
// A simulation names members by their number, a board by their key; whoever collects journals turns keys into
// numbers, so that both worlds fill the event table alike.
//
// Law: what is read back is what was written, or the line is counted as bad and left out. A line torn by kill
// -9 costs itself alone.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/digest.hpp"
#include "engine/base/result.hpp"
#include "engine/protocol/effect.hpp"

namespace coop::app {

/// The key behind a board's own handle. An empty function: handles are members' numbers.
using KeyOf = std::function<std::optional<base::Key>(protocol::PeerId)>;
/// Which member has this key; none for a stranger.
using MemberOf = std::function<protocol::PeerId(const base::Key&)>;

/// What a report says beyond its time, node and kind: an event's data. "{}" when that is all.
std::string to_json(const protocol::Report& report, const KeyOf& key_of = {});

/// What one board sent in one second, of one kind of message.
struct SentTick {
    std::size_t kind = 0;  ///< index into protocol::Message
    std::uint64_t messages = 0;
    base::Bytes line;  ///< with frame, tag and headers
    bool operator==(const SentTick&) const = default;
};
struct Entry {
    base::Instant at;  ///< of a tick: the beginning of its second
    std::variant<protocol::Report, SentTick> what;
};

/// Longer ones are not ours: three names of 64 digits and some numbers need half of it.
inline constexpr std::size_t journal_line_max = 1024;

std::string to_line(const Entry& entry, const KeyOf& key_of);
/// Nothing for a line that says anything else than a line of `to_line` could.
std::optional<Entry> parse_line(std::string_view line, const MemberOf& member_of);

struct JournalRead {
    std::vector<Entry> entries;   ///< in the order of the file
    std::uint64_t bad_lines = 0;  ///< left out, the torn ones included
    std::uint64_t next = 0;       ///< the byte from which to read on later
};
/// Which part of a file.
struct JournalPart {
    std::uint64_t from = 0;
    bool grows = false;  ///< somebody still writes: a last line without its end is left for the next time
};
/// The error is a sentence: there is no such file, or it cannot be read.
base::Result<JournalRead, std::string> read_journal(const std::string& path, const MemberOf& member_of,
                                                    JournalPart part = {});

/// Appends; every report is in the file when the call returns, ticks follow within a second of traffic.
class JournalWriter {
  public:
    static base::Result<JournalWriter, std::string> open(const std::string& path, KeyOf key_of);
    ~JournalWriter();  ///< flushes
    JournalWriter(JournalWriter&& other) noexcept;
    JournalWriter& operator=(JournalWriter&&) = delete;

    void report(base::Instant at, const protocol::Report& report);
    void sent(base::Instant at, std::size_t kind, base::Bytes line);
    /// Writes the current second's traffic.
    void flush();
    std::uint64_t lost() const { return lost_; }  ///< lines that the disk did not take

  private:
    struct Tally {
        std::uint64_t messages = 0;
        base::Bytes line;
    };
    JournalWriter(int file, KeyOf key_of) : file_(file), key_of_(std::move(key_of)) {}
    void begin_second(base::Instant at);
    void write(const std::string& line);

    int file_ = -1;
    KeyOf key_of_;
    base::Instant second_;
    std::array<Tally, protocol::message_kinds> tallies_{};
    std::uint64_t lost_ = 0;
};

}  // namespace coop::app
