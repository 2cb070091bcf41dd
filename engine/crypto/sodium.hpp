// What every use of libsodium starts with, and secrets that clean up after themselves.
//
// Law: libsodium is included by this room's .cpp files only. A secret is wiped when it dies, is never
// printed, and is compared in constant time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace coop::crypto {

using BytesView = std::span<const std::uint8_t>;
using BytesOut = std::vector<std::uint8_t>;

/// Call once before anything random; more often does no harm, from any thread.
void init() noexcept;

/// From the operating system's generator. Never inside the node or a simulation.
void fill_random(std::span<std::uint8_t> out) noexcept;

void wipe(std::span<std::uint8_t> secret) noexcept;

/// In a time that depends on the lengths only.
bool same(BytesView a, BytesView b) noexcept;

/// N secret bytes.
template <std::size_t N>
class Secret {
  public:
    Secret() = default;
    explicit Secret(const std::array<std::uint8_t, N>& bytes) : bytes_(bytes) {}
    Secret(const Secret&) = default;
    Secret& operator=(const Secret&) = default;
    ~Secret() { wipe(bytes_); }

    static Secret random() {
        Secret made;
        fill_random(made.bytes_);
        return made;
    }

    std::span<const std::uint8_t, N> view() const { return std::span<const std::uint8_t, N>(bytes_); }
    std::span<std::uint8_t, N> fill() { return std::span<std::uint8_t, N>(bytes_); }

  private:
    std::array<std::uint8_t, N> bytes_{};
};
using Secret32 = Secret<32>;

}  // namespace coop::crypto
