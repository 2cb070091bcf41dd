#include "engine/runtime/desk.hpp"

#include <algorithm>
#include <fstream>
#include <optional>

#include <nlohmann/json.hpp>

#include "engine/runtime/endpoint.hpp"
#include "engine/runtime/objects.hpp"

namespace coop::runtime {
namespace {

using Json = nlohmann::json;

// Long enough for a photo over a board's share: 4 MiB at 5 kbyte/s take 14 minutes.
constexpr std::int64_t within_s_default = 3600;
constexpr std::int64_t within_s_max = 7 * 24 * 3600;  // NoticeConfig's week: nobody waits longer

constexpr std::string_view not_kept =
    "not kept: this board's disk is full or refuses to write (make room, then start the board again)";

/// As the board's file and the scenarios write sizes.
std::string most_of_an_object() { return std::to_string(object_size_max.count / 1000) + " kB"; }

/// A reason, and what its owner can do about it.
std::string advice(protocol::Reason reason) {
    using protocol::Reason;
    std::string text(protocol::to_text(reason));
    switch (reason) {
        case Reason::disk_full:
            return text +
                   ": the pool's part of this board's disk is full; offer more with `disk`, or wait until "
                   "others have taken over";
        case Reason::disk_failing:
            return text +
                   ": this board's disk refused to write; make room or replace it, then start the board "
                   "again";
        case Reason::busy: return text + ": this board has as many wishes as it can follow; ask again later";
        case Reason::not_here:
            return text + ": nobody who holds it answered; ask again when more members are awake";
        case Reason::too_large:
            return text + ": an object is at most " + most_of_an_object() + "; give it in parts";
        case Reason::leaving:
            return text + ": this board is leaving the pool, or has left it, and takes nothing new";
        default: return text;
    }
}

void answer(const Asking& asking, const Json& body) {
    const auto who = asking.who.lock();
    if (who) who->answer(asking.turn, body.dump(-1, ' ', false, Json::error_handler_t::replace));
}
void refuse(const Asking& asking, std::string_view why) { answer(asking, {{"ok", false}, {"error", why}}); }

std::optional<std::vector<std::uint8_t>> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    // One byte more than an object may have: enough to see that it is too large, whatever the file claims to
    // be.
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(object_size_max.count) + 1);
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (file.bad()) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
}

std::string_view word_for(protocol::Stay stay) {
    switch (stay) {
        case protocol::Stay::member: break;
        case protocol::Stay::leaving: return "leaving";
        case protocol::Stay::left: return "left";
    }
    return "member";
}

Json to_json(const Status& status) {
    Json neighbours = Json::array();
    for (const base::Key& key : status.neighbours) neighbours.push_back(base::to_hex(key));
    Json eager = Json::array();
    for (const base::Key& key : status.eager) eager.push_back(base::to_hex(key));
    Json objects = Json::array();
    for (const ObjectStatus& object : status.objects) {
        objects.push_back({{"object", base::to_hex(object.object)}, {"size", object.size.count}});
    }
    Json counters = Json::object();
    for (const auto& [name, value] : listed(status.counters)) counters[std::string(name)] = value;
    return {{"ok", true},
            {"key", base::to_hex(status.key)},
            {"listening", to_text(status.listening)},
            {"awake", status.awake},
            {"neighbours", std::move(neighbours)},
            {"eager", std::move(eager)},
            {"connections", status.connections},
            {"known_peers", status.known_peers},
            {"members", status.members},
            {"stay", word_for(status.stay)},
            {"to_hand_over", status.to_hand_over},
            {"disk_trouble", status.disk_trouble},
            {"disk_used", status.disk_used.count},
            {"objects", std::move(objects)},
            {"counters", std::move(counters)}};
}

}  // namespace

/// One line, looked at with care: a missing field is none, a field of another type is none.
struct Desk::Question {
    Json body;

    std::optional<std::string> text(const char* name) const {
        const auto at = body.find(name);
        if (at == body.end() || !at->is_string()) return std::nullopt;
        return at->get<std::string>();
    }
    std::optional<std::int64_t> number(const char* name) const {
        const auto at = body.find(name);
        if (at == body.end() || !at->is_number_integer()) return std::nullopt;
        return at->get<std::int64_t>();
    }
};

base::Duration Desk::take(std::string_view line, Asking asking) {
    const Question question{Json::parse(line, nullptr, false)};
    const auto wish = question.body.is_object() ? question.text("do") : std::nullopt;
    if (!wish) {
        ++counters_.control_bad_lines;
        refuse(asking, "expected one JSON object with \"do\"");
    } else if (*wish == "status") {
        answer(asking, to_json(board_.status()));
    } else if (*wish == "publish") {
        publish(question, asking);
    } else if (*wish == "put") {
        put(question, asking);
    } else if (*wish == "get") {
        get(question, asking);
    } else if (*wish == "leave") {
        leave(asking);
    } else if (*wish == "stop") {
        stop(asking);
    } else {
        ++counters_.control_bad_lines;
        refuse(asking, "\"do\" is one of status, publish, put, get, leave, stop");
    }
    const auto within = wish ? question.number("within_s") : std::nullopt;
    return base::seconds(std::clamp<std::int64_t>(within.value_or(within_s_default), 0, within_s_max));
}

void Desk::publish(const Question& question, Asking asking) {
    const auto text = question.text("text");
    if (!text || text->empty()) return refuse(asking, "publish needs \"text\"");
    if (text->size() > static_cast<std::size_t>(protocol::notice_size_max.count)) {
        return refuse(asking, "a notice is at most 16 KiB");
    }
    protocol::Notice notice;
    notice.size = base::Bytes{static_cast<std::int64_t>(text->size())};
    notice.text = std::make_shared<const protocol::Content>(text->begin(), text->end());
    wait({Wish::publish, {}, {}, asking});
    board_.request(protocol::Publish{std::move(notice)});
    // A commit is made within the step, so a notice that is not published by now never will be.
    const bool stays = board_.status().stay == protocol::Stay::member;
    for (const Waiting& w : those_waiting(Wish::publish, {}))
        refuse(w.asking, stays ? std::string(not_kept) : advice(protocol::Reason::leaving));
}

void Desk::put(const Question& question, Asking asking) {
    const auto path = question.text("path");
    const auto size = question.number("size");
    if (path.has_value() == size.has_value()) return refuse(asking, "put needs either \"path\" or \"size\"");
    std::optional<std::vector<std::uint8_t>> bytes;
    if (path) {
        bytes = read_file(*path);
        if (!bytes) return refuse(asking, "cannot read " + *path);
        if (bytes->empty()) return refuse(asking, "the file is empty: " + *path);
    } else {
        if (*size < 1 || *size > object_size_max.count)
            return refuse(asking, "an object has 1 B to " + most_of_an_object());
        bytes = synthetic_bytes(base::Bytes{*size},
                                static_cast<std::uint64_t>(question.number("seed").value_or(0)));
    }
    auto object = prepare_object(*bytes);
    if (!object) return refuse(asking, advice(object.error()));
    const base::Digest name = object.value().manifest->object;
    wait({Wish::put, name, {}, asking});
    board_.request(std::move(object).value());
    for (const Waiting& w : those_waiting(Wish::put, name)) refuse(w.asking, not_kept);
}

void Desk::get(const Question& question, Asking asking) {
    const auto object = base::parse_hex32(question.text("object").value_or(""));
    if (!object) return refuse(asking, "get needs \"object\", 64 hexadecimal digits");
    wait({Wish::get, {*object}, question.text("to").value_or(""), asking});
    board_.request(protocol::Get{{*object}});
}

void Desk::leave(Asking asking) {
    board_.request(protocol::Leave{});
    const Status status = board_.status();
    if (status.stay == protocol::Stay::member) {
        return refuse(asking, "not said: " + advice(protocol::Reason::disk_failing) + ", and ask again");
    }
    answer(asking, {{"ok", true}, {"stay", word_for(status.stay)}, {"to_hand_over", status.to_hand_over}});
}

void Desk::stop(Asking asking) {
    Json said{{"ok", true}};
    const Status status = board_.status();
    if (status.stay == protocol::Stay::leaving) {
        said["warning"] = "this board has not left the pool yet, and has " +
                          std::to_string(status.to_hand_over) +
                          " objects to hand over: start it again, or what only it holds is lost";
    }
    answer(asking, said);
    board_.stop();
}

void Desk::wait(Waiting waiting) {
    // Those who went away are forgotten here: what waits is bounded by the sessions that the socket admits.
    std::erase_if(waiting_, [](const Waiting& w) { return w.asking.who.expired(); });
    waiting_.push_back(std::move(waiting));
}

std::vector<Desk::Waiting> Desk::those_waiting(Wish wish, const base::Digest& object) {
    std::vector<Waiting> taken;
    for (std::size_t i = 0; i < waiting_.size();) {
        if (waiting_[i].wish != wish || waiting_[i].object != object) {
            ++i;
            continue;
        }
        taken.push_back(std::move(waiting_[i]));
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
        if (wish == Wish::publish) break;  // notices are said in the order in which they were asked for
    }
    return taken;
}

void Desk::on_report(const protocol::Report& report) {
    using protocol::What;
    if (waiting_.empty()) return;
    const std::string object = base::to_hex(report.object);
    switch (report.what) {
        case What::published:
            for (const Waiting& w : those_waiting(Wish::publish, {})) {
                answer(w.asking, {{"ok", true}, {"sequence", report.id.sequence}});
            }
            break;
        case What::put_accepted:
            for (const Waiting& w : those_waiting(Wish::put, report.object)) {
                answer(w.asking, {{"ok", true}, {"object", object}, {"size", report.size.count}});
            }
            break;
        case What::put_refused:
            for (const Waiting& w : those_waiting(Wish::put, report.object)) {
                refuse(w.asking, advice(report.reason));
            }
            break;
        case What::got:
            for (const Waiting& w : those_waiting(Wish::get, report.object)) {
                const std::string trouble = w.to.empty() ? "" : board_.write_object(report.object, w.to);
                if (!trouble.empty()) {
                    refuse(w.asking, trouble);
                } else {
                    answer(w.asking, {{"ok", true}, {"object", object}, {"size", report.size.count}});
                }
            }
            break;
        case What::get_failed:
            for (const Waiting& w : those_waiting(Wish::get, report.object)) {
                refuse(w.asking, advice(report.reason));
            }
            break;
        default: break;
    }
}

}  // namespace coop::runtime
