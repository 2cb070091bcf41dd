#include "engine/app/board_program.hpp"

#include <cstring>
#include <filesystem>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include "engine/app/commands.hpp"
#include "engine/app/journal.hpp"
#include "engine/app/population.hpp"
#include "engine/app/summary.hpp"
#include "engine/crypto/sodium.hpp"
#include "engine/runtime/host.hpp"
#include "engine/runtime/identity.hpp"
#include "engine/storage/sqlite_store.hpp"

namespace coop::app {
namespace {

using config::Control;
using config::NodeConfig;
using Json = nlohmann::json;

int fail(int code, std::string_view message) {
    fmt::print(stderr, "coopnode: {}\n", message);
    return code;
}

void set_up_log(const NodeConfig& node) {
    auto log = spdlog::stderr_color_mt(node.name);
    log->set_pattern("%Y-%m-%d %H:%M:%S.%e %n %^%l%$ %v");
    log->set_level(spdlog::level::from_str(std::string(config::to_text(node.log_level))));
    spdlog::set_default_logger(std::move(log));
}

/// The first address of a name; numbers are names too.
std::optional<protocol::Endpoint> resolve(const config::Endpoint& endpoint) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(endpoint.host.c_str(), nullptr, &wanted, &found) != 0) return {};
    protocol::Endpoint resolved{{}, endpoint.port};
    if (found->ai_family == AF_INET6) {
        std::memcpy(resolved.address.data(),
                    &reinterpret_cast<const sockaddr_in6*>(found->ai_addr)->sin6_addr, 16);
    } else {
        // RFC 4291, §2.5.5.2
        resolved.address[10] = resolved.address[11] = 0xff;
        std::memcpy(&resolved.address[12], &reinterpret_cast<const sockaddr_in*>(found->ai_addr)->sin_addr,
                    4);
    }
    ::freeaddrinfo(found);
    return resolved;
}

protocol::Config protocol_config(const NodeConfig& node) {
    protocol::Config config;
    config.membership = node.tuning.membership;
    config.broadcast = node.tuning.broadcast;
    config.sync = node.tuning.sync;
    config.content = node.tuning.content;
    config.quota = node.tuning.quota;
    config.owner = node.owner;
    return config;
}

base::Result<runtime::Options, std::string> options_of(const NodeConfig& node,
                                                       const OwnedPolicies& policies) {
    runtime::Options options;
    options.folder = node.data;
    const auto listen = resolve(node.listen);
    if (!listen) return fmt::format("listen: nobody knows an address of \"{}\"", node.listen.host);
    options.listen = *listen;
    if (node.advertise != node.listen) {
        options.advertised = resolve(node.advertise);
        if (!options.advertised)
            return fmt::format("advertise: nobody knows an address of \"{}\"", node.advertise.host);
    }
    for (const config::Contact& contact : node.contacts) {
        const auto at = resolve(contact.at);
        if (at) {
            options.contacts.push_back({contact.key, *at});
        } else {
            // The others may do; and a board that starts before its router must not give up.
            spdlog::warn("nobody knows an address of the contact \"{}\" now; it is left out",
                         contact.at.host);
        }
    }
    options.config = protocol_config(node);
    options.policies = policies.view();
    options.epoch = base::Duration::of_ns(node.epoch_unix_ns);
    options.control = node.control != Control::none;
    options.control_socket = node.control_socket;
    options.stop_on_signals = true;
    return options;
}

/// Lines from standard input are asked on the owner's socket, so that both ways of control mean the same.
/// `answering` is held from a question to its answer.
void relay_standard_input(const std::string& socket, const std::shared_ptr<std::mutex>& answering) {
    auto client = ControlClient::connect(socket);
    if (!client) return spdlog::error("no control through standard input: {}", client.error());
    for (std::string line; std::getline(std::cin, line);) {
        const std::lock_guard answered(*answering);
        auto answer = client.value().ask(Json::parse(line, nullptr, false), base::days(7));
        const Json said = answer ? answer.value() : Json{{"ok", false}, {"error", answer.error().message}};
        std::cout << said.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
        if (!answer && !answer.error().refused) return;
    }
}

std::string human(const Json& bytes) { return human_bytes(bytes.get<double>()); }

std::string in_days(base::Duration time) {
    const bool whole = time >= base::days(2) && time % base::days(1) == base::Duration::zero();
    return whole ? fmt::format("{} days", time.ns() / base::days(1).ns()) : human_seconds(time.seconds());
}

std::string objects(std::uint64_t count) {
    return count == 1 ? "1 object" : fmt::format("{} objects", count);
}

/// The first thing that an owner wants to know: also whether it may be switched off.
std::string how_it_is(const NodeConfig& node, const Json& status) {
    const auto stay = status.at("stay").get<std::string>();
    const auto only_here = status.at("to_hand_over").get<std::uint64_t>();
    if (stay == "left") {
        const std::string rest =
            only_here == 0 ? ""
                           : fmt::format("\n  nobody came in time for {} that it has: keep its disk",
                                         objects(only_here));
        return node.name + " has left the pool for good, and may be switched off" + rest;
    }
    const bool awake = status.at("awake").get<bool>();
    const std::string is = node.name + " is " + (awake ? "awake" : "asleep, outside its owner's hours");
    if (stay == "member") return is;
    return fmt::format("{}\n  leaving     keep it switched on: {} to hand over", is, objects(only_here));
}

std::string told_of_leaving(const NodeConfig& node, const Json& answer) {
    if (answer.at("stay") == "left")
        return node.name + " has left the pool for good, and may be switched off";
    return fmt::format(
        "{} is leaving: keep it switched on until `coopnode status` says that it has left (at most {})",
        node.name, in_days(node.tuning.content.leave_within));
}

void print_status(const NodeConfig& node, const Json& status) {
    fmt::print("{}\n", how_it_is(node, status));
    fmt::print("  key         {}\n", status.at("key").get<std::string>());
    fmt::print("  listens at  {}\n", status.at("listening").get<std::string>());
    fmt::print("  neighbours  {}, of {} known members\n", status.at("neighbours").size(),
               status.at("members").get<std::uint64_t>());
    fmt::print("  disk        {} used, {} whole objects\n", human(status.at("disk_used")),
               status.at("objects").size());
    if (status.at("disk_trouble").get<bool>())
        fmt::print("    its disk refuses to write: it promises nothing new\n");
    for (const Json& object : status.at("objects")) {
        fmt::print("    {}  {}\n", object.at("object").get<std::string>(), human(object.at("size")));
    }
    fmt::print("  counted");
    const char* between = "     ";
    for (const auto& [name, value] : status.at("counters").items()) {
        if (value == 0) continue;
        fmt::print("{}{} {}", between, name, value.get<std::uint64_t>());
        between = ", ";
    }
    fmt::print("\n");
}

Json to_json(const OwnerQuestion& question) {
    const auto absolute = [](const std::string& path) { return std::filesystem::absolute(path).string(); };
    Json json{{"do", question.what}};
    if (question.what == "put") json["path"] = absolute(question.file);
    if (question.what == "get") {
        json["object"] = question.object;
        json["to"] = absolute(question.file);
        json["within_s"] = question.within.ns() / base::seconds(1).ns();
    }
    if (question.what == "publish") json["text"] = question.text;
    return json;
}

void print_answer(const NodeConfig& node, const OwnerQuestion& question, const Json& answer) {
    if (question.what == "status") print_status(node, answer);
    if (question.what == "put") fmt::print("{}\n", answer.at("object").get<std::string>());
    if (question.what == "get") {
        fmt::print("{} is in {} ({})\n", question.object, question.file, human(answer.at("size")));
    }
    if (question.what == "publish")
        fmt::print("published as statement {}\n", answer.at("sequence").get<std::uint64_t>());
    if (question.what == "leave") fmt::print("{}\n", told_of_leaving(node, answer));
    if (question.what == "stop") fmt::print("{} stops\n", node.name);
    if (const auto warning = answer.find("warning"); warning != answer.end())
        fmt::print(stderr, "coopnode: {}\n", warning->get<std::string>());
}

}  // namespace

std::string control_socket_of(const NodeConfig& node) {
    if (node.control == Control::none) return {};
    return node.control == Control::socket ? node.control_socket : node.data + "/control.sock";
}

int run_board(const NodeConfig& node) {
    set_up_log(node);
    const OwnedPolicies policies = make_policies(node.policy);
    auto options = options_of(node, policies);
    if (!options) return fail(exit_usage, node.input.path + ": " + options.error());

    std::optional<JournalWriter> journal;
    const runtime::Host* serving = nullptr;
    runtime::Hooks hooks;
    if (!node.reports.empty()) {
        auto opened =
            JournalWriter::open(node.reports, [&](protocol::PeerId peer) { return serving->key_of(peer); });
        if (!opened) return fail(exit_usage, "reports: " + opened.error());
        journal.emplace(std::move(opened).value());
        hooks.on_report = [&](base::Instant at, const protocol::Report& report) {
            journal->report(at, report);
        };
        hooks.on_sent = [&](const runtime::Traffic& sent) { journal->sent(sent.now, sent.kind, sent.line); };
    }
    auto host = runtime::Host::open(std::move(options).value(), std::move(hooks));
    if (!host) return fail(exit_usage, host.error());
    serving = host.value().get();
    spdlog::info("member {} listens at {}", base::to_hex(serving->key()),
                 runtime::to_text(serving->endpoint()));
    const auto answering = std::make_shared<std::mutex>();
    if (node.control == Control::standard_input)
        std::thread(relay_standard_input, control_socket_of(node), answering).detach();
    host.value()->run();
    if (journal && journal->lost() > 0)
        spdlog::warn("{} lines of {} were lost", journal->lost(), node.reports);
    spdlog::info("stopped");
    // Whoever asked it to stop is told so; any other question ends with the socket.
    host.value().reset();
    const std::lock_guard answered(*answering);
    return exit_ok;
}

int print_key(const NodeConfig& node) {
    if (auto board = ControlClient::connect(control_socket_of(node))) {
        const auto status = board.value().ask({{"do", "status"}}, base::seconds(10));
        if (!status) return fail(exit_failed, status.error().message);
        fmt::print("{}\n", status.value().at("key").get<std::string>());
        return exit_ok;
    }
    const auto key = own_key(node.data);
    if (!key) return fail(exit_usage, key.error());
    fmt::print("{}\n", base::to_hex(key.value()));
    return exit_ok;
}

base::Result<base::Key, std::string> own_key(const std::string& folder) {
    crypto::init();
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return folder + ": " + error.message();
    ::chmod(folder.c_str(), 0700);
    auto store = storage::SqliteStore::open(folder + "/board.db");
    if (!store) return store.error().message;
    const auto kept = store.value()->load();
    if (!kept) return kept.error().message;
    const auto identity = runtime::load_or_make_identity(kept.value(), *store.value());
    if (!identity) return identity.error();
    return identity.value().key();
}

int ask_board(const NodeConfig& node, const OwnerQuestion& question) {
    const std::string socket = control_socket_of(node);
    if (socket.empty()) {
        return fail(exit_usage, fmt::format("{} opens no socket for its owner; add the line\n"
                                            "  control = \"unix:control.sock\"\nand start the board again",
                                            node.input.path));
    }
    auto board = ControlClient::connect(socket);
    if (!board) return fail(exit_usage, fmt::format("no board answers at {}; is it running?", board.error()));
    if (question.what == "get")
        fmt::print(stderr, "asking the pool, at most {} (--within)\n",
                   human_seconds(question.within.seconds()));
    const auto answer = board.value().ask(to_json(question), question.within + base::seconds(10));
    if (!answer) return fail(exit_failed, answer.error().message);
    print_answer(node, question, answer.value());
    return exit_ok;
}

}  // namespace coop::app
