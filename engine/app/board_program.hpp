// BoardProgram: what `coopnode` does, apart from reading its arguments.
//
//     node.toml ──► NodeConfig ──► runtime::Options ──► Host, its journal and its log
//
// Law: every function returns the program's exit code, and has said on standard error why it is not 0.
#pragma once

#include <string>

#include "engine/app/control_client.hpp"
#include "engine/config/node_config.hpp"

namespace coop::app {

/// Serves until SIGTERM or SIGINT.
int run_board(const config::NodeConfig& node);
/// Prints the member's public key; draws it on the first start.
int print_key(const config::NodeConfig& node);
/// The key of the member whose store is in this folder; both are made if they are not there. The error is a
/// sentence.
base::Result<base::Key, std::string> own_key(const std::string& folder);

/// What an owner asks of the running board; empty fields are those that the question does not have.
struct OwnerQuestion {
    std::string what;    ///< "status", "put", "get", "publish", "leave", "stop"
    std::string file;    ///< put: which; get: where to
    std::string object;  ///< get
    std::string text;    ///< publish
    base::Duration within = base::minutes(60);
};
int ask_board(const config::NodeConfig& node, const OwnerQuestion& question);

/// The owner's socket as this board opens it; empty when it has none.
std::string control_socket_of(const config::NodeConfig& node);

}  // namespace coop::app
