// NodeConfig: what one real board needs to know to take part, as node.toml states it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/digest.hpp"
#include "engine/base/result.hpp"
#include "engine/config/diagnostic.hpp"
#include "engine/config/scenario.hpp"
#include "engine/policy/contribution.hpp"

namespace coop::config {

struct Endpoint {
    std::string host;  ///< a name, an IPv4 address, or an IPv6 address without brackets
    std::uint16_t port = 0;
    bool operator==(const Endpoint&) const = default;
};

/// "<64 hexadecimal digits>@host:port"
struct Contact {
    base::Key key;
    Endpoint at;
};

enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, off };
std::string_view to_text(LogLevel level) noexcept;

/// How the owner talks to the running node.
enum class Control : std::uint8_t { none, standard_input, socket };

struct NodeConfig {
    std::string name;    ///< for logs and results; "node" unless stated
    std::string data;    ///< folder of identity and store; relative ones start at node.toml's folder
    Endpoint listen;     ///< port 0: any free one
    Endpoint advertise;  ///< what others are told; `listen` unless stated
    std::vector<Contact> contacts;
    policy::Contribution owner;
    PolicyChoices policy;
    Tuning tuning;
    LogLevel log_level = LogLevel::info;
    std::int64_t epoch_unix_ns = 0;  ///< midnight of day 0 on the Unix clock; 1970 unless stated
    Control control = Control::none;
    std::string control_socket;  ///< path of a Unix socket when `control` is `socket`
    std::string reports;         ///< file that every Report is appended to; empty: none
    InputFile input;
};

base::Result<NodeConfig, Diagnostic> load_node_config(const std::string& path,
                                                      const std::vector<std::string>& overrides = {});

}  // namespace coop::config
