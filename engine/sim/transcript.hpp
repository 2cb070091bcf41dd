// Transcript: a run as sentences, so that a test can be read like a story.
//
//     [  10 ms] 1 receives gossip 0#7 from 0 -> delivered 0#7; sends gossip 0#7 to 2, 3; sends prune to 4
//
// Law: one line a step, in the order of the steps. Steps that do nothing visible are left out, and so is what
// the reader did not ask for.
#pragma once

#include <functional>
#include <string>

#include "engine/sim/ports.hpp"

namespace coop::sim {

/// "gossip 0#7", "prune", "fetch_chunk 3fa2[12]".
std::string describe(const protocol::Message& message);
std::string describe(const protocol::Input& input);
std::string describe(const protocol::Record& record);
std::string describe(const protocol::Report& report);

class Transcript final : public Observer {
  public:
    struct Wanted {
        bool persists = false;
        bool reports = true;
        bool drops = true;
        /// Which messages to speak of; those of the others are left out on both sides.
        std::function<bool(const protocol::Message&)> messages;
    };

    Transcript();
    explicit Transcript(Wanted wanted) : wanted_(std::move(wanted)) {}

    bool follows_steps() const override { return true; }
    void on_step(base::Instant at, PeerId node, const protocol::Input& input,
                 const protocol::Outbox& out) override;
    void on_drop(const Drop& drop) override;
    void on_fault(const Fault& fault) override;
    void on_violation(const Violation& violation) override;

    /// All lines so far, each ended by a newline; begins anew.
    std::string take();
    const std::string& text() const { return text_; }

  private:
    bool wants(const protocol::Message& message) const {
        return !wanted_.messages || wanted_.messages(message);
    }
    std::string effects_of(const protocol::Outbox& out) const;
    void line(base::Instant at, const std::string& words);

    Wanted wanted_;
    std::string text_;
};

}  // namespace coop::sim
