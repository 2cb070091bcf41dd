#include "engine/crypto/priced.hpp"

#include "engine/base/rng.hpp"
#include "engine/crypto/hash.hpp"
#include "engine/crypto/phantom.hpp"

namespace coop::crypto {
namespace {

constexpr std::uint64_t tag_stream = 0x746167;  // keeps tags apart from names made with the same seed

/// Takes the fields of a statement one by one; order and number of them matter.
class Tag {
  public:
    explicit Tag(std::uint64_t seed) : word_(base::combine(seed, tag_stream)) {}

    Tag& add(std::uint64_t value) {
        word_ = base::combine(word_, value);
        return *this;
    }
    Tag& add(std::int64_t value) { return add(static_cast<std::uint64_t>(value)); }
    Tag& add(bool value) { return add(std::uint64_t{value}); }
    Tag& add(BytesView bytes) {
        add(std::uint64_t{bytes.size()});
        for (std::size_t at = 0; at < bytes.size(); at += 8) {
            std::uint64_t value = 0;
            for (std::size_t i = at; i < bytes.size() && i < at + 8; ++i)
                value |= std::uint64_t{bytes[i]} << (8 * (i - at));
            add(value);
        }
        return *this;
    }
    std::uint64_t word() const { return word_; }

  private:
    std::uint64_t word_;
};

std::uint64_t whole_seconds(base::Duration time) {  // as on the wire
    return static_cast<std::uint64_t>(time / base::seconds(1));
}

void add_body(Tag& tag, const protocol::Announcement& body) {
    tag.add(whole_seconds(body.hours.start)).add(whole_seconds(body.hours.length)).add(body.disk.count);
    tag.add(body.accepting).add(body.leaving).add(body.endpoint.has_value());
    if (body.endpoint) tag.add(body.endpoint->address).add(std::uint64_t{body.endpoint->port});
}

void add_body(Tag& tag, const protocol::Holding& body) {
    tag.add(body.object.bytes).add(body.size.count).add(static_cast<std::uint64_t>(body.custody));
}

void add_body(Tag& tag, const protocol::Notice& body) {
    tag.add(body.size.count).add(body.text != nullptr);
    if (body.text) tag.add(*body.text);
}

std::uint64_t tag_of(std::uint64_t seed, const protocol::Statement& statement) noexcept {
    Tag tag(seed);
    tag.add(std::uint64_t{statement.id.origin.index}).add(std::uint64_t{statement.id.sequence});
    tag.add(statement.at.ns()).add(std::uint64_t{statement.body.index()});
    std::visit([&](const auto& body) { add_body(tag, body); }, statement.body);
    return tag.word();
}

protocol::Signature signature_of(std::uint64_t word) noexcept {
    protocol::Signature out;
    for (unsigned i = 0; i < 8; ++i) out.bytes[i] = static_cast<std::uint8_t>(word >> (8 * i));
    return out;
}

}  // namespace

protocol::Signature PricedCrypto::sign(const protocol::Statement& statement) const noexcept {
    count_signature();
    return signature_of(tag_of(seed_, statement));
}

bool PricedCrypto::verify(const protocol::Statement& statement,
                          const protocol::Signature& signature) const noexcept {
    count_verification();
    return signature == signature_of(tag_of(seed_, statement));
}

bool PricedCrypto::names(const protocol::Chunk& chunk) const noexcept {
    count(chunk);
    if (!chunk.bytes) return true;
    return static_cast<std::int64_t>(chunk.bytes->size()) == chunk.size.count &&
           blake2b_256(*chunk.bytes) == chunk.name;
}

bool PricedCrypto::names(const protocol::Manifest& manifest) const noexcept {
    count(manifest);
    return manifest.object == simulated_object_name(manifest) || manifest.object == manifest_name(manifest);
}

std::uint64_t PricedCrypto::key_prefix(protocol::PeerId peer) const noexcept {
    return simulated_key(seed_, peer).prefix();
}

}  // namespace coop::crypto
