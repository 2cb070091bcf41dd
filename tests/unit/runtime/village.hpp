// Real hosts on loopback, each on its own thread, and what they reported.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "engine/policy/catalogue.hpp"
#include "engine/runtime/host.hpp"
#include "tests/scratch.hpp"

namespace coop::runtime::test {

using coop::test::Folder;

/// Waits until it holds. Generous: machines stall. What is claimed is that it happens, not when.
inline bool eventually(const std::function<bool()>& claim,
                       std::chrono::seconds most = std::chrono::seconds(60)) {
    const auto end = std::chrono::steady_clock::now() + most;
    while (std::chrono::steady_clock::now() < end) {
        if (claim()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return claim();
}

struct BuiltIns {
    std::unique_ptr<policy::Placement> placement = policy::make_placement("copies/1", {});
    std::unique_ptr<policy::Quota> quota = policy::make_quota("none/1", {});
    // As quick as hurried().
    std::unique_ptr<policy::Gossip> gossip = policy::make_plumtree(
        {.graft_after = base::milliseconds(200), .graft_again = base::milliseconds(100)});
    protocol::Policies get() const { return {placement.get(), quota.get(), gossip.get()}; }
};
inline const BuiltIns& built_ins() {
    static const BuiltIns made;
    return made;
}

/// The protocol's clocks, a hundred times as fast: a test waits seconds for what takes minutes.
inline protocol::Config hurried() {
    protocol::Config config;
    config.membership.keep_alive_every = base::milliseconds(500);
    config.membership.link_silent_max = base::seconds(5);
    config.membership.join_retry = base::milliseconds(500);
    config.membership.neighbor_timeout = base::seconds(2);
    config.membership.shuffle_every = base::seconds(2);
    config.sync.every = base::seconds(2);
    config.content.review_every = base::milliseconds(300);
    config.content.ask_timeout = base::seconds(5);
    config.owner.line_up = config.owner.line_down = base::ByteRate{100'000'000};
    config.owner.share = base::percent(100);
    config.owner.hours = {base::hours(0), base::hours(24)};
    config.owner.disk = base::mib(256);
    return config;
}

inline protocol::Endpoint loopback(std::uint16_t port = 0) {
    return *parse_endpoint("127.0.0.1:" + std::to_string(port));
}

inline Options options_in(const std::string& folder) {
    Options options;
    options.folder = folder;
    options.listen = loopback();
    options.config = hurried();
    options.policies = built_ins().get();
    options.control = false;
    options.seed = 1;
    return options;
}

/// A host that runs. Stops cleanly at the end.
class Resident {
  public:
    explicit Resident(Options options, Hooks hooks = {}) {
        hooks.on_report = [this](base::Instant, const protocol::Report& report) {
            const std::lock_guard hold(lock_);
            reports_.push_back(report);
        };
        auto opened = Host::open(std::move(options), std::move(hooks));
        if (!opened) throw std::runtime_error(opened.error());
        host_ = std::move(opened).value();
        thread_ = std::thread([this] { host_->run(); });
    }
    ~Resident() { stop(); }
    Resident(const Resident&) = delete;
    Resident& operator=(const Resident&) = delete;

    void stop() {
        host_->stop();
        if (thread_.joinable()) thread_.join();
    }
    Host& operator*() { return *host_; }
    Host* operator->() { return host_.get(); }
    Contact contact() const { return {host_->key(), host_->endpoint()}; }

    std::vector<protocol::Report> reports(protocol::What what) const {
        const std::lock_guard hold(lock_);
        std::vector<protocol::Report> found;
        std::copy_if(reports_.begin(), reports_.end(), std::back_inserter(found),
                     [&](const protocol::Report& r) { return r.what == what; });
        return found;
    }
    std::size_t count(protocol::What what) const { return reports(what).size(); }
    bool has(protocol::What what, const base::Digest& object) const {
        const auto found = reports(what);
        return std::any_of(found.begin(), found.end(), [&](const auto& r) { return r.object == object; });
    }

  private:
    mutable std::mutex lock_;
    std::vector<protocol::Report> reports_;
    std::unique_ptr<Host> host_;
    std::thread thread_;
};

inline protocol::Publish notice(const std::string& text) {
    return {{base::Bytes{static_cast<std::int64_t>(text.size())},
             std::make_shared<const protocol::Content>(text.begin(), text.end())}};
}

}  // namespace coop::runtime::test
