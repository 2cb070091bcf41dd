#include "engine/runtime/asio.hpp"

#include <boost/asio/impl/src.hpp>

namespace coop::runtime {

tcp::endpoint to_asio(const protocol::Endpoint& endpoint) {
    const asio::ip::address_v6 v6(endpoint.address);
    if (v6.is_v4_mapped()) return {asio::ip::make_address_v4(asio::ip::v4_mapped, v6), endpoint.port};
    return {v6, endpoint.port};
}

protocol::Endpoint from_asio(const tcp::endpoint& endpoint) {
    const asio::ip::address& address = endpoint.address();
    const auto v6 =
        address.is_v4() ? asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4()) : address.to_v6();
    return {v6.to_bytes(), endpoint.port()};
}

}  // namespace coop::runtime
