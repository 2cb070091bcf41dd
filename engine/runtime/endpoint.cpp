#include "engine/runtime/endpoint.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <arpa/inet.h>

namespace coop::runtime {
namespace {

// IPv4 mapped into IPv6: RFC 4291, §2.5.5.2.
constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_v4(const protocol::Endpoint& endpoint) {
    return std::equal(mapped.begin(), mapped.end(), endpoint.address.begin());
}

}  // namespace

std::optional<protocol::Endpoint> parse_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string_view digits = text.substr(colon + 1);
    protocol::Endpoint endpoint;
    const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
    if (wrong != std::errc() || end != digits.data() + digits.size()) return std::nullopt;

    const std::string host(text.substr(0, colon));
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        const std::string inner = host.substr(1, host.size() - 2);
        if (::inet_pton(AF_INET6, inner.c_str(), endpoint.address.data()) == 1) return endpoint;
    } else if (::inet_pton(AF_INET, host.c_str(), endpoint.address.data() + mapped.size()) == 1) {
        std::copy(mapped.begin(), mapped.end(), endpoint.address.begin());
        return endpoint;
    }
    return std::nullopt;
}

std::string to_text(const protocol::Endpoint& endpoint) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const std::string port = ":" + std::to_string(endpoint.port);
    if (is_v4(endpoint)) {
        ::inet_ntop(AF_INET, endpoint.address.data() + mapped.size(), text.data(), text.size());
        return text.data() + port;
    }
    ::inet_ntop(AF_INET6, endpoint.address.data(), text.data(), text.size());
    return "[" + std::string(text.data()) + "]" + port;
}

bool is_unspecified(const protocol::Endpoint& endpoint) {
    const auto zero = [](std::uint8_t byte) { return byte == 0; };
    const auto from = endpoint.address.begin() + (is_v4(endpoint) ? mapped.size() : 0);
    return std::all_of(from, endpoint.address.end(), zero);
}

bool can_be_dialled(const protocol::Endpoint& endpoint) {
    return endpoint.port != 0 && !is_unspecified(endpoint);
}

bool same_place(const protocol::Endpoint& a, const protocol::Endpoint& b) {
    const std::size_t bytes = is_v4(a) || is_v4(b) ? 16 : 8;
    return std::equal(a.address.begin(), a.address.begin() + bytes, b.address.begin());
}

}  // namespace coop::runtime
