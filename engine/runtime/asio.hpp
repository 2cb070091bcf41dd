// Boost.Asio, included in one way only: compiled once (asio.cpp), so that the files that use it stay quick to
// build.
#pragma once

#include <chrono>
#include <utility>  // Boost 1.74 forgets it

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "engine/base/time.hpp"
#include "engine/protocol/statement.hpp"

namespace coop::runtime {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

tcp::endpoint to_asio(const protocol::Endpoint& endpoint);
protocol::Endpoint from_asio(const tcp::endpoint& endpoint);

/// After an accept that failed for want of descriptors. Guess: short for a person, long for a processor.
inline constexpr std::chrono::milliseconds accept_pause{100};

inline std::chrono::nanoseconds to_chrono(base::Duration d) { return std::chrono::nanoseconds(d.ns()); }

}  // namespace coop::runtime
