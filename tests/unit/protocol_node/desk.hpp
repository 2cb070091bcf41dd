// One node on a desk: the test is its clock, its disk, and everybody it talks with.
//
//     test ──receive, request, run_until──► protocol::Node ──► left, reports, disk
//
// Law: keeps the hosts' law: no message of a step leaves before its records are durable, and those of a step
// that could not be kept are lost. Effects are otherwise only written down.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "engine/crypto/phantom.hpp"
#include "engine/crypto/priced.hpp"
#include "engine/policy/placement.hpp"
#include "engine/policy/quota.hpp"
#include "engine/protocol/message_size.hpp"
#include "engine/protocol/node.hpp"
#include "engine/sim/disk.hpp"
#include "engine/sim/phantom.hpp"

namespace coop::protocol::test {

/// A message that left, and when.
struct Left {
    base::Instant at;
    PeerId to;
    Message message;
};

enum class DiskIs : std::uint8_t {
    prompt,   ///< durable at once
    slow,     ///< durable when the test says so
    failing,  ///< nothing can be written
};

class Desk {
  public:
    static constexpr std::uint64_t seed = 7;

    explicit Desk(Config config, std::int64_t copies = 1, base::Bytes burst = base::kib(64));

    void start();
    /// Power goes and comes back: only what was durable is still there.
    void restart();
    void receive(std::uint32_t from, Message message);
    void request(Command command);
    /// A part of it on the disk is not what it was.
    void damage(const base::Digest& object) { step(Damaged{object}); }
    void run_until(base::Instant end);
    void run_for(base::Duration time) { run_until(now + time); }

    /// What waits is written; what was said after it leaves.
    void write_all();
    /// The first of what waits is written, and no more.
    void write_step();
    /// What waits can not be written.
    void fail_all();

    /// A statement that this member has signed, at the present time.
    SignedRef said_by(std::uint32_t origin, std::uint32_t sequence, Body body) const;
    /// `peer` joins the pool through this node: a member from now on, and a neighbour.
    void join(std::uint32_t peer, Announcement offer = {.hours = {}, .disk = base::gigabytes(1)});
    /// The author's n-th object of this size, as Put wants it.
    Put object(std::uint32_t number, base::Bytes size, std::uint32_t author = 0) const {
        return sim::phantom_put({seed, PeerId{author}, number}, size);
    }
    ChunkReply chunk_of(const Manifest& manifest, std::uint16_t index) const {
        return {manifest.object, index, {manifest.chunks[index], manifest.chunk_size(index), nullptr}};
    }

    template <class Kind>
    std::vector<std::pair<PeerId, Kind>> sent() const {
        std::vector<std::pair<PeerId, Kind>> found;
        for (const Left& each : left) {
            if (const auto* kind = std::get_if<Kind>(&each.message)) found.emplace_back(each.to, *kind);
        }
        return found;
    }
    std::vector<Report> reported(What what) const;
    /// Own statements on the disk, by number.
    std::vector<SignedRef> statements_kept() const;
    void forget() { left.clear(), reports.clear(); }

    base::Instant now;
    DiskIs disk_is = DiskIs::prompt;
    std::vector<Left> left;
    std::vector<Report> reports;
    std::optional<Node> node;
    const crypto::PricedCrypto crypto{seed};

  private:
    struct Step {
        std::vector<Persist> records;
        std::vector<Send> sends;
    };
    void step(const Input& input);
    void finish(Step done, bool durable);

    Config config_;
    std::unique_ptr<policy::Placement> placement_;
    std::unique_ptr<policy::Quota> quota_;
    base::Rng rng_{seed, base::Purpose::node, 0};
    Outbox out_;
    sim::Disk disk_{PeerId{0}};
    std::deque<Step> waiting_;
};

/// Always awake, on a fast line that is all lent, with a disk of this size.
Config generous(base::Bytes disk = base::gigabytes(10));

}  // namespace coop::protocol::test
