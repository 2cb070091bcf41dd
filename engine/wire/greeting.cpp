#include "engine/wire/greeting.hpp"

#include <algorithm>

#include "engine/base/assert.hpp"

namespace coop::wire {
namespace {

constexpr std::string_view prologue_prefix = "coopsim greeting 1 ";
constexpr std::string_view identity_prefix = "coopsim static key 1";

BytesOut prologue(std::string_view pool) {
    BytesOut out(prologue_prefix.begin(), prologue_prefix.end());
    out.insert(out.end(), pool.begin(), pool.end());
    return out;
}

std::array<std::uint8_t, identity_prefix.size() + 32> claim(const base::Key& static_key) {
    std::array<std::uint8_t, identity_prefix.size() + 32> out{};
    const auto middle = std::copy(identity_prefix.begin(), identity_prefix.end(), out.begin());
    std::copy(static_key.bytes.begin(), static_key.bytes.end(), middle);
    return out;
}

}  // namespace

std::array<std::uint8_t, identity_size> identity_payload(const crypto::Identity& own) {
    std::array<std::uint8_t, identity_size> out{};
    const protocol::Signature signature = own.signing.sign(claim(own.agreement.public_key()));
    const auto middle = std::copy(own.key().bytes.begin(), own.key().bytes.end(), out.begin());
    std::copy(signature.bytes.begin(), signature.bytes.end(), middle);
    return out;
}

std::optional<base::Key> check_identity(BytesView payload, const base::Key& static_key) {
    if (payload.size() != identity_size) return std::nullopt;
    base::Key member;
    protocol::Signature signature;
    std::copy_n(payload.begin(), member.bytes.size(), member.bytes.begin());
    std::copy_n(payload.begin() + 32, signature.bytes.size(), signature.bytes.begin());
    if (!crypto::verify(member, claim(static_key), signature)) return std::nullopt;
    return member;
}

Greeting::Greeting(Role role, const crypto::Identity& own, std::string_view pool)
    : handshake_(role, own.agreement, prologue(pool)), payload_(identity_payload(own)) {}

NoiseResult Greeting::write(BytesOut& out) {
    if (dead_) return NoiseError::dead;
    // The first message goes out in the clear: it says nothing.
    const bool sealed = handshake_.step() > 0;
    BytesOut message;
    const BytesView payload = sealed ? BytesView(payload_) : BytesView();
    if (const NoiseResult failed = handshake_.write_message(payload, message)) {
        dead_ = true;
        return failed;
    }
    append_frame(message, out);
    return {};
}

NoiseResult Greeting::read(BytesView frame) {
    if (dead_) return NoiseError::dead;
    const bool sealed = handshake_.step() > 0;
    BytesOut payload;
    NoiseResult failed = handshake_.read_message(frame, payload);
    if (!failed && !sealed && !payload.empty()) failed = NoiseError::too_long;
    if (!failed && sealed) {
        peer_ = check_identity(payload, *handshake_.remote_static());
        if (!peer_) failed = NoiseError::wrong_identity;
    }
    dead_ = failed.has_value();
    return failed;
}

const base::Key& Greeting::peer() const {
    COOP_ASSERT(peer_.has_value());
    return *peer_;
}

NoiseResult append_sealed(CipherState& sending, BytesView plain, BytesOut& out) {
    BytesOut message;
    if (const NoiseResult failed = sending.encrypt({}, plain, message)) return failed;
    append_frame(message, out);
    return {};
}

}  // namespace coop::wire
