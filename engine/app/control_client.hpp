// ControlClient: the owner's end of a running board's socket. One JSON object a line out, one in.
//
// Law: never waits longer than it was told, and believes no answer longer than `answer_max`.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "engine/base/result.hpp"
#include "engine/base/time.hpp"

namespace coop::app {

/// Why there is no answer that says yes.
struct NoAnswer {
    bool refused = false;  ///< the board itself said no; otherwise it did not answer at all
    std::string message;   ///< a sentence
};

class ControlClient {
  public:
    static constexpr std::size_t answer_max = 16 << 20;  // a status with 65 536 objects of 110 bytes, twice

    /// The error is a sentence. The path may be longer than a socket's name.
    static base::Result<ControlClient, std::string> connect(const std::string& path);
    ~ControlClient();
    ControlClient(ControlClient&& other) noexcept;
    ControlClient& operator=(ControlClient&& other) noexcept;

    /// After an error that is no refusal the connection is of no more use.
    base::Result<nlohmann::json, NoAnswer> ask(const nlohmann::json& question, base::Duration within);

  private:
    explicit ControlClient(int socket) : socket_(socket) {}
    base::Result<std::string, NoAnswer> read_line(base::Duration within);

    int socket_ = -1;
};

}  // namespace coop::app
