// Acquaintances: whom this node could tell something besides its neighbours, as its membership knows.
#pragma once

#include "engine/protocol/broadcast/company.hpp"
#include "engine/protocol/membership/directory.hpp"
#include "engine/protocol/membership/views.hpp"

namespace coop::protocol {

class Acquaintances final : public broadcast::Company {
  public:
    /// For one step.
    Acquaintances(const membership::Views& views, const membership::Directory& directory)
        : views_(views), directory_(directory) {}

    PeerList some(std::size_t count, PeerId except, Env& env) const override {
        // Views are small, and who is in many of them would hear everything twice.
        const PeerList any = directory_.complete() ? directory_.sample(count, except, env) : PeerList{};
        return any.size() >= count ? any : views_.sample(count, except, directory_, env);
    }

  private:
    const membership::Views& views_;
    const membership::Directory& directory_;
};

}  // namespace coop::protocol
