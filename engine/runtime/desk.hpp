// Desk: where the owner's questions are answered, one JSON object a line in and one out.
//
//     {"do":"put","path":"photo.jpg"}  ──► Requested{Put} ──► … report put_accepted ──►
//     {"ok":true,"object":"…"}
//
// Law: a question is answered once, when what was asked for has happened or never will; a line that makes no
// sense is answered with a sentence. A board that stops in between answers nobody, and promised nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/protocol/effect.hpp"
#include "engine/protocol/input.hpp"
#include "engine/protocol/node.hpp"
#include "engine/runtime/counters.hpp"

namespace coop::runtime {

/// Somebody who waits for an answer. An answer to an earlier turn is ignored.
class Asker {
  public:
    virtual ~Asker() = default;
    virtual void answer(std::uint64_t turn, const std::string& line) = 0;
};
struct Asking {
    std::weak_ptr<Asker> who;
    std::uint64_t turn = 0;
};

struct ObjectStatus {
    base::Digest object;
    base::Bytes size;
};
/// What an owner sees of the board.
struct Status {
    base::Key key;
    protocol::Endpoint listening;
    bool awake = false;
    std::vector<base::Key> neighbours;
    std::vector<base::Key> eager;  ///< of them: whoever gets news whole and at once
    std::size_t connections = 0;
    std::size_t known_peers = 0;  ///< everybody it has a name for, strangers and itself too
    std::size_t members = 0;      ///< others who belong to the pool, as far as is known
    protocol::Stay stay = protocol::Stay::member;
    std::size_t to_hand_over = 0;  ///< objects that the pool needs here until somebody else has them
    bool disk_trouble = false;     ///< it refuses to write: nothing new is promised
    base::Bytes disk_used;
    std::vector<ObjectStatus> objects;
    Counters counters;
};

/// What the desk may do with the board.
class Board {
  public:
    virtual ~Board() = default;
    virtual Status status() const = 0;
    virtual void request(protocol::Command command) = 0;
    /// Writes a whole object into a file; the error is a sentence.
    virtual std::string write_object(const base::Digest& object, const std::string& path) = 0;
    virtual void stop() = 0;
};

class Desk {
  public:
    Desk(Board& board, Counters& counters) : board_(board), counters_(counters) {}

    /// How long the asker should wait for the answer at most.
    base::Duration take(std::string_view line, Asking asking);
    void on_report(const protocol::Report& report);

  private:
    enum class Wish : std::uint8_t { publish, put, get };
    struct Waiting {
        Wish wish;
        base::Digest object;
        std::string to;
        Asking asking;
    };
    struct Question;

    void publish(const Question& question, Asking asking);
    void put(const Question& question, Asking asking);
    void get(const Question& question, Asking asking);
    void leave(Asking asking);
    void stop(Asking asking);
    /// Takes out who waits for this; the oldest of those who published.
    std::vector<Waiting> those_waiting(Wish wish, const base::Digest& object);
    void wait(Waiting waiting);

    Board& board_;
    Counters& counters_;
    std::vector<Waiting> waiting_;
};

}  // namespace coop::runtime
