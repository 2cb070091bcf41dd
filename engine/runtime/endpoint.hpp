// Endpoints as people write them, and what a host asks of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/protocol/statement.hpp"

namespace coop::runtime {

/// "192.0.2.7:7100" or "[2001:db8::7]:7100", and back. Numbers only: names are the caller's to look up.
std::optional<protocol::Endpoint> parse_endpoint(std::string_view text);
std::string to_text(const protocol::Endpoint& endpoint);

/// A board that does not know its own address says none, and is reached by whoever knows it.
bool can_be_dialled(const protocol::Endpoint& endpoint);
/// No address, in IPv6 or in IPv4: all of a board's, when it listens.
bool is_unspecified(const protocol::Endpoint& endpoint);
/// Whether both are one household: one IPv4 address, or one /64 of IPv6, of which it has every address (RFC
/// 6177, §2).
bool same_place(const protocol::Endpoint& a, const protocol::Endpoint& b);

}  // namespace coop::runtime
