// Four members on simulated boards who do everything that a node can be asked for; and all that happened to
// each of them.
//
// Nothing costs time but the line, where one message follows the other, and the way between two boards, which
// differs from message to message: so no two things happen to one board at the same instant, but for what
// follows from a step at once.
#pragma once

#include <memory>
#include <vector>

#include "engine/runtime/objects.hpp"
#include "engine/sim/plain.hpp"
#include "engine/sim/simulation.hpp"
#include "tests/hosts/recording.hpp"
#include "tests/unit/runtime/village.hpp"

namespace coop::hosts {

class SimulatedVillage final : public sim::Observer {
  public:
    static constexpr std::uint32_t members = 4;
    static constexpr std::uint64_t seed = 42;

    explicit SimulatedVillage(sim::Recoder* recoder = nullptr) : people_(configs()) {
        using base::milliseconds;
        people_.joins = {at(milliseconds(0)), at(milliseconds(1700)), at(milliseconds(2300)),
                         at(milliseconds(3100))};
        network_.path_all.jitter_max = milliseconds(3);
        for (std::uint32_t i = 0; i < 12; ++i)
            tasks_.add({at(milliseconds(5000 + 613 * i)),
                        {i % members},
                        runtime::test::notice("notice " + std::to_string(i))});
        tasks_.add({at(milliseconds(6007)), {1}, object_});
        tasks_.add({at(milliseconds(9011)), {3}, protocol::Get{object_.manifest->object}});
        // Nobody has this one.
        tasks_.add({at(milliseconds(11'003)), {2}, protocol::Get{base::Digest{}}});
        // One is without power for a while; another asks for the object meanwhile.
        faults_.add({at(milliseconds(12'001)), {1}, sim::FaultKind::power_off});
        tasks_.add({at(milliseconds(14'003)), {2}, protocol::Get{object_.manifest->object}});
        faults_.add({at(milliseconds(19'001)), {1}, sim::FaultKind::power_on});
        tasks_.add({at(milliseconds(23'011)), {1}, runtime::test::notice("here again")});
        tasks_.add({at(milliseconds(50'011)), {3}, protocol::Leave{}});
        sim::Setup setup{.seed = seed, .sample_every = {}, .check_quota = false};
        setup.policies = runtime::test::built_ins().get();
        setup.recoder = recoder;
        setup.encode = recoder != nullptr ? sim::Encode::always : sim::Encode::never;
        run_ = std::make_unique<sim::Simulation>(
            setup, sim::World{boards_, people_, network_, tasks_, faults_, *this});
        run_->run_until(at(base::seconds(60)));
    }

    const Recording& recording(std::uint32_t member) const { return recordings_[member]; }
    Person person(std::uint32_t member) const {
        return {{member}, seed, people_.configs[member], runtime::test::built_ins().get()};
    }
    const protocol::Put& object() const { return object_; }

  private:
    static base::Instant at(base::Duration since_midnight) { return base::Instant::zero() + since_midnight; }
    static std::vector<protocol::Config> configs() {
        protocol::Config config = runtime::test::hurried();
        config.contacts = {protocol::PeerId{0}};
        std::vector<protocol::Config> all(members, config);
        all[0].contacts.clear();
        all[2].owner.hours = {base::hours(0), base::seconds(40)};  // falls asleep before the end
        return all;
    }
    bool follows_steps() const override { return true; }
    void on_step(base::Instant now, protocol::PeerId node, const protocol::Input& input,
                 const protocol::Outbox& out) override {
        recordings_[node.index].push_back({now, KeptInput(input), out.effects()});
    }

    protocol::Put object_ = runtime::prepare_object(runtime::synthetic_bytes(base::kib(300), 1)).value();
    sim::PlainBoards boards_;
    sim::PlainPeople people_;
    sim::PlainNetwork network_{base::milliseconds(10),
                               {base::ByteRate{10'000'000}, base::ByteRate{10'000'000}}};
    sim::ListedTasks tasks_;
    sim::ListedFaults faults_;
    Recording recordings_[members];
    std::unique_ptr<sim::Simulation> run_;
};

}  // namespace coop::hosts
