#include "engine/app/journal.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace coop::app {
namespace {

using Json = nlohmann::json;
using Ordered = nlohmann::ordered_json;
using protocol::PeerId;
using protocol::Reason;
using protocol::Report;
using protocol::What;

constexpr auto last_what = static_cast<unsigned>(What::departed);
constexpr auto last_reason = static_cast<unsigned>(Reason::leaving);
constexpr std::array<std::string_view, 5> link_ends{"", "silent", "farewell", "replaced", "slept"};
constexpr std::array<std::string_view, 5> custodies{"", "author", "keeper", "courier", "released"};

/// What a report's `value` is called, and its words if it is a choice.
struct ValueName {
    const char* key = "value";
    const std::array<std::string_view, 5>* words = nullptr;
};
ValueName value_name(What what) {
    switch (what) {
        case What::link_down: return {"end", &link_ends};
        case What::stored: return {"custody", &custodies};
        case What::delivered: return {"age_ns"};
        case What::got: return {"wait_ns"};
        default: return {};
    }
}

bool has_reason(What what) {
    return what == What::put_refused || what == What::refused || what == What::was_refused ||
           what == What::bad_message || what == What::dropped_over_quota || what == What::get_failed;
}

Ordered name_of(PeerId peer, const KeyOf& key_of) {
    if (!key_of) return peer.index;
    const auto key = key_of(peer);
    return key ? Ordered(base::to_hex(*key)) : Ordered(nullptr);
}

void add_value(Ordered& json, const Report& report) {
    const ValueName name = value_name(report.what);
    if (name.words != nullptr) {
        const auto choice = static_cast<std::size_t>(report.value);
        if (choice > 0 && choice < name.words->size()) json[name.key] = name.words->at(choice);
    } else if (report.value != 0) {
        json[name.key] = report.value;
    }
}

void add(Ordered& json, const Report& report, const KeyOf& key_of) {
    if (!report.peer.is_none()) json["peer"] = name_of(report.peer, key_of);
    if (!report.id.origin.is_none()) {
        json["origin"] = name_of(report.id.origin, key_of);
        json["sequence"] = report.id.sequence;
    }
    if (report.object != base::Digest{}) json["object"] = base::to_hex(report.object);
    if (report.size.count != 0) json["size"] = report.size.count;
    if (report.what == What::delivered || report.hops != 0) json["hops"] = report.hops;
    add_value(json, report);
    if (has_reason(report.what)) json["reason"] = protocol::to_text(report.reason);
}

// --- back again --------------------------------------------------------------------------------

template <class T>
std::optional<T> whole(const Json& value, T least = 0) {
    if (!value.is_number_integer()) return {};
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max())
        return {};
    const auto number = value.get<std::int64_t>();
    if (number < static_cast<std::int64_t>(least)) return {};
    if constexpr (sizeof(T) < sizeof(std::int64_t)) {
        if (number > static_cast<std::int64_t>(std::numeric_limits<T>::max())) return {};
    }
    return static_cast<T>(number);
}

/// The number of the choice that `name(i)` calls so; 0 is no choice.
template <class Name>
std::optional<unsigned> choice(const Json& value, unsigned last, const Name& name) {
    if (!value.is_string()) return {};
    for (unsigned i = 1; i <= last; ++i) {
        if (name(i) == value.get_ref<const std::string&>()) return i;
    }
    return {};
}

template <class T, class U>
bool put(T& target, const std::optional<U>& value) {
    if (value) target = static_cast<T>(*value);
    return value.has_value();
}

struct LineReader {
    const MemberOf& member_of;

    bool peer(const Json& value, PeerId& target) const {
        if (value.is_null()) return true;  // the board itself did not know the name
        const auto bytes =
            value.is_string() ? base::parse_hex32(value.get_ref<const std::string&>()) : std::nullopt;
        if (!bytes) return false;
        target = member_of({*bytes});
        return true;
    }

    bool value_of(const std::string& key, const Json& value, Report& report) const {
        const ValueName name = value_name(report.what);
        if (key != name.key) return false;
        if (name.words == nullptr)
            return put(report.value, whole(value, std::numeric_limits<std::int64_t>::min()));
        return put(report.value, choice(value, 4, [&](unsigned i) { return name.words->at(i); }));
    }

    bool field(const std::string& key, const Json& value, Report& report) const {
        if (key == "t" || key == "report") return true;
        if (key == "peer") return peer(value, report.peer);
        if (key == "origin") return peer(value, report.id.origin);
        if (key == "sequence") return put(report.id.sequence, whole<std::uint32_t>(value));
        if (key == "size") return put(report.size.count, whole<std::int64_t>(value));
        if (key == "hops") return put(report.hops, whole<std::uint16_t>(value));
        if (key == "object") {
            const auto bytes =
                value.is_string() ? base::parse_hex32(value.get_ref<const std::string&>()) : std::nullopt;
            return put(report.object.bytes, bytes);
        }
        if (key == "reason") {
            return has_reason(report.what) && put(report.reason, choice(value, last_reason, [](unsigned i) {
                                                      return protocol::to_text(static_cast<Reason>(i));
                                                  }));
        }
        return value_of(key, value, report);
    }

    std::optional<Report> report(const Json& line) const {
        Report made;
        const auto text = [](unsigned i) { return protocol::to_text(static_cast<What>(i)); };
        if (!put(made.what, choice(line["report"], last_what, text))) return {};
        for (const auto& [key, value] : line.items()) {
            if (!field(key, value, made)) return {};
        }
        return made;
    }
};

std::optional<SentTick> read_tick(const Json& line) {
    SentTick tick;
    if (line.size() != 4 || !line.contains("messages") || !line.contains("bytes")) return {};
    const auto text = [](unsigned i) { return protocol::kind_name(i - 1); };
    const auto kind = choice(line["sent"], static_cast<unsigned>(protocol::message_kinds), text);
    if (!kind || !put(tick.messages, whole<std::uint64_t>(line["messages"]))) return {};
    tick.kind = *kind - 1;
    if (!put(tick.line.count, whole<std::int64_t>(line["bytes"]))) return {};
    return tick;
}

}  // namespace

std::string to_json(const Report& report, const KeyOf& key_of) {
    Ordered json = Ordered::object();
    add(json, report, key_of);
    return json.dump();
}

std::string to_line(const Entry& entry, const KeyOf& key_of) {
    Ordered json{{"t", entry.at.ns()}};
    if (const auto* const report = std::get_if<Report>(&entry.what)) {
        json["report"] = protocol::to_text(report->what);
        add(json, *report, key_of);
    } else {
        const auto& tick = std::get<SentTick>(entry.what);
        json["sent"] = protocol::kind_name(tick.kind);
        json["messages"] = tick.messages;
        json["bytes"] = tick.line.count;
    }
    return json.dump();
}

std::optional<Entry> parse_line(std::string_view line, const MemberOf& member_of) {
    if (line.size() > journal_line_max) return {};
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object() || !json.contains("t")) return {};
    const auto at = whole(json["t"], std::numeric_limits<std::int64_t>::min());
    if (!at) return {};
    Entry entry{base::Instant::of_ns(*at), {}};
    if (json.contains("report")) {
        const auto report = LineReader{member_of}.report(json);
        if (!report) return {};
        entry.what = *report;
    } else if (json.contains("sent")) {
        const auto tick = read_tick(json);
        if (!tick) return {};
        entry.what = *tick;
    } else {
        return {};
    }
    return entry;
}

base::Result<JournalRead, std::string> read_journal(const std::string& path, const MemberOf& member_of,
                                                    JournalPart part) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return path + ": " + std::strerror(errno);
    file.seekg(static_cast<std::streamoff>(part.from));
    JournalRead read;
    read.next = part.from;
    std::array<char, journal_line_max + 2> line{};  // with its newline, and the 0 that getline sets
    std::uint64_t taken = part.from;
    bool within = false;  // a line longer than any of ours
    while (file.getline(line.data(), static_cast<std::streamsize>(line.size())) || file.gcount() > 0) {
        const bool too_long = file.fail() && !file.eof();
        const auto size = static_cast<std::size_t>(file.gcount()) - (too_long || file.eof() ? 0 : 1);
        taken += static_cast<std::uint64_t>(file.gcount());
        if (file.eof() && part.grows) break;
        if (too_long) {
            within = true;
            file.clear();
            continue;
        }
        read.next = taken;
        auto entry = std::exchange(within, false) ? std::nullopt : parse_line({line.data(), size}, member_of);
        entry ? read.entries.push_back(std::move(*entry)) : void(++read.bad_lines);
        if (file.eof()) break;
    }
    if (within && !part.grows && read.next < taken) ++read.bad_lines;  // it ended with the file
    if (file.bad()) return path + ": " + std::strerror(errno);
    return read;
}

// --- writing -----------------------------------------------------------------------------------

base::Result<JournalWriter, std::string> JournalWriter::open(const std::string& path, KeyOf key_of) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) return path + ": " + std::strerror(errno);
    JournalWriter writer(file, std::move(key_of));
    // What was cut off by a kill must not take the next line with it.
    const off_t end = ::lseek(file, 0, SEEK_END);
    char last = '\n';
    if (end > 0 && ::pread(file, &last, 1, end - 1) == 1 && last != '\n') writer.write("\n");
    return writer;
}

JournalWriter::JournalWriter(JournalWriter&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      key_of_(std::move(other.key_of_)),
      second_(other.second_),
      tallies_(other.tallies_),
      lost_(other.lost_) {}

JournalWriter::~JournalWriter() {
    if (file_ < 0) return;
    flush();
    ::close(file_);
}

void JournalWriter::begin_second(base::Instant at) {
    const base::Instant second = at - (at - base::Instant::zero()) % base::seconds(1);
    if (second == second_) return;
    flush();
    second_ = second;
}

void JournalWriter::report(base::Instant at, const Report& report) {
    begin_second(at);
    write(to_line({at, report}, key_of_) + "\n");
}

void JournalWriter::sent(base::Instant at, std::size_t kind, base::Bytes line) {
    begin_second(at);
    ++tallies_.at(kind).messages;
    tallies_.at(kind).line += line;
}

void JournalWriter::flush() {
    std::string lines;
    for (std::size_t kind = 0; kind < tallies_.size(); ++kind) {
        const Tally tally = std::exchange(tallies_[kind], {});
        if (tally.messages == 0) continue;
        lines += to_line({second_, SentTick{kind, tally.messages, tally.line}}, key_of_) + "\n";
    }
    if (!lines.empty()) write(lines);
}

void JournalWriter::write(const std::string& line) {
    // One call a line, appended: a kill between two of them tears nothing.
    const ssize_t written = ::write(file_, line.data(), line.size());
    if (written != static_cast<ssize_t>(line.size())) ++lost_;
}

}  // namespace coop::app
