// A street of whole boards in the simulator, and what they report: the stage of the stories.
//
// Law: the owners' limits are checked from outside all the time; a story in which one is broken fails.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "engine/crypto/priced.hpp"
#include "engine/policy/placement.hpp"
#include "engine/policy/quota.hpp"
#include "engine/sim/phantom.hpp"
#include "engine/sim/plain.hpp"
#include "engine/sim/simulation.hpp"

namespace coop::protocol::test {

/// Always awake, 3 % of 100 Mbit/s both ways, and 10 GB; members join through the first one.
inline Config household() {
    Config config;
    config.owner.line_up = config.owner.line_down = base::bits_per_second(100'000'000);
    config.owner.disk = base::gigabytes(10);
    config.contacts = {PeerId{0}};
    return config;
}

class Street final : public sim::Observer {
  public:
    struct Told {
        base::Instant at;
        PeerId who;
        Report what;
    };
    struct Said {
        base::Instant at;
        PeerId from;
        PeerId to;
        Message what;
    };

    Street(std::vector<Config> households, std::int64_t copies)
        : placement_(policy::make_copies(copies)), people_(std::move(households)) {
        people_.configs[0].contacts.clear();
        const sim::Setup setup{
            .seed = seed, .policies = {placement_.get(), quota_.get()}, .sample_every = {}};
        run_ = std::make_unique<sim::Simulation>(
            setup, sim::World{boards_, people_, network_, tasks_, faults_, *this});
    }

    void run_until(base::Duration since_midnight) { run_->run_until(base::Instant::zero() + since_midnight); }
    base::Digest put(std::uint32_t who, base::Bytes size) {
        const Put object = sim::phantom_put({seed, PeerId{who}, ++objects_}, size);
        run_->add(sim::Task{run_->now(), PeerId{who}, object});
        return object.manifest->object;
    }
    void get(std::uint32_t who, const base::Digest& object) {
        run_->add(sim::Task{run_->now(), PeerId{who}, Get{object}});
    }
    void publish(std::uint32_t who) {
        run_->add(sim::Task{run_->now(), PeerId{who}, sim::phantom_notice(base::kib(1))});
    }
    void befall(std::uint32_t who, sim::FaultKind what) {
        run_->add(sim::Fault{run_->now(), PeerId{who}, what});
    }

    /// Running boards that hold a whole copy, in order.
    std::vector<std::uint32_t> holders(const base::Digest& object) const {
        std::vector<std::uint32_t> found;
        for (std::uint32_t i = 0; i < run_->count(); ++i) {
            const Node* const node = run_->node(PeerId{i});
            if (node != nullptr && node->shelf().whole(object)) found.push_back(i);
        }
        return found;
    }
    /// Members by rank for this object, best first: by rendezvous scores, as placement is defined.
    std::vector<std::uint32_t> ranking(const base::Digest& object) const {
        const crypto::PricedCrypto crypto(seed);
        std::vector<std::uint32_t> order(run_->count());
        for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
        const auto score = [&](std::uint32_t i) {
            return policy::rendezvous_score(object.prefix(), {crypto.key_prefix(PeerId{i}), 10});
        };
        std::sort(order.begin(), order.end(),
                  [&](std::uint32_t a, std::uint32_t b) { return score(a) > score(b); });
        return order;
    }
    std::vector<std::uint32_t> best(const base::Digest& object, std::size_t count) const {
        std::vector<std::uint32_t> order = ranking(object);
        order.resize(count);
        std::sort(order.begin(), order.end());
        return order;
    }

    std::vector<Told> told(What what) const {
        std::vector<Told> found;
        for (const Told& each : reports) {
            if (each.what.what == what) found.push_back(each);
        }
        return found;
    }
    /// Chunks asked for, of everybody.
    std::vector<Said> chunks_asked() const { return asked_; }
    bool runs(std::uint32_t who) const { return run_->node(PeerId{who}) != nullptr; }
    std::uint64_t violations() const { return run_->violations(); }
    std::uint32_t size() const { return run_->count(); }

    std::vector<Told> reports;

  private:
    static constexpr std::uint64_t seed = 1;

    void on_report(base::Instant at, PeerId node, const Report& report) override {
        reports.push_back({at, node, report});
    }
    void on_send(const sim::Sent& sent) override {
        if (std::holds_alternative<FetchChunk>(*sent.message))
            asked_.push_back({sent.at, sent.from, sent.to, *sent.message});
    }

    std::unique_ptr<policy::Placement> placement_;
    std::unique_ptr<policy::Quota> quota_ = policy::make_fixed_share(base::kib(64));
    sim::PlainBoards boards_;
    sim::PlainPeople people_;
    sim::PlainNetwork network_{base::milliseconds(20)};
    sim::ListedTasks tasks_;
    sim::ListedFaults faults_;
    std::unique_ptr<sim::Simulation> run_;
    std::vector<Said> asked_;
    std::uint64_t objects_ = 0;
};

}  // namespace coop::protocol::test
