// Two boards in one process, busy until somebody kills them. Each acknowledgement is a line on standard
// output.
//
//     crash_board FOLDER SEED [FILE_MAX]      FILE_MAX: no file grows beyond this many bytes, as on a full
//     disk
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>

#include "engine/app/process.hpp"
#include "engine/base/rng.hpp"
#include "engine/policy/catalogue.hpp"
#include "engine/runtime/host.hpp"
#include "engine/runtime/objects.hpp"

namespace {

using namespace coop;
using protocol::What;

// One write a line, so that a kill leaves whole lines only.
void say(const std::string& line) {
    const std::string whole = line + "\n";
    if (::write(STDOUT_FILENO, whole.data(), whole.size()) < 0) std::_Exit(3);
}

std::atomic<int> unanswered{0};

void tell(const std::string& who, const protocol::Report& r) {
    switch (r.what) {
        case What::published: --unanswered; return say(who + " published " + std::to_string(r.id.sequence));
        case What::put_accepted: --unanswered; return say(who + " holds " + base::to_hex(r.object));
        case What::put_refused: --unanswered; return;
        case What::stored: return say(who + " holds " + base::to_hex(r.object));
        case What::released: return say(who + " releases " + base::to_hex(r.object));
        case What::disk_trouble: return say(who + " trouble");
        case What::object_safe: return say(who + " sees-safe " + base::to_hex(r.object));
        case What::member_failed: return say(who + " misses somebody");
        default: return;
    }
}

struct Policies {
    std::unique_ptr<policy::Placement> placement = policy::make_placement("copies/1", {});
    std::unique_ptr<policy::Quota> quota = policy::make_quota("none/1", {});
};

std::unique_ptr<runtime::Host> open(const std::string& folder, const std::string& who,
                                    const Policies& policies, std::vector<runtime::Contact> contacts) {
    runtime::Options options;
    options.folder = folder + "/" + who;
    options.listen = *runtime::parse_endpoint("127.0.0.1:0");
    options.contacts = std::move(contacts);
    options.policies = {policies.placement.get(), policies.quota.get()};
    options.config.owner.line_up = options.config.owner.line_down = base::ByteRate{1'000'000'000};
    options.config.owner.share = base::percent(100);
    options.config.owner.disk = base::gigabytes(1);
    options.config.content.review_every = base::milliseconds(50);
    options.config.membership.join_retry = base::milliseconds(200);
    options.control = false;
    options.limits.pace.messages_per_s =
        1'000'000;  // each of fifty lives begins with hearing everything again
    runtime::Hooks hooks;
    hooks.on_report = [who](base::Instant, const protocol::Report& r) { tell(who, r); };
    auto host = runtime::Host::open(std::move(options), std::move(hooks));
    if (!host) {
        say("error " + host.error());
        std::_Exit(2);
    }
    return std::move(host).value();
}

protocol::Command next_command(base::Rng& rng) {
    if (rng.chance_ppm(500'000)) {
        const auto size = base::Bytes{static_cast<std::int64_t>(1 + rng.below(40'000))};
        return runtime::prepare_object(runtime::synthetic_bytes(size, rng.next())).value();
    }
    const protocol::Content text(1 + rng.below(1000), 't');
    return protocol::Publish{{base::Bytes{static_cast<std::int64_t>(text.size())},
                              std::make_shared<const protocol::Content>(text)}};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    app::prepare_process("crash_board");
    if (argc > 3) {
        const rlimit most{std::strtoul(argv[3], nullptr, 10), RLIM_INFINITY};
        ::setrlimit(RLIMIT_FSIZE, &most);
    }
    sigset_t end;
    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &end, nullptr);

    const Policies policies;
    const auto ana = open(argv[1], "ana", policies, {});
    const auto ben = open(argv[1], "ben", policies, {{ana->key(), ana->endpoint()}});
    std::thread run_ana([&] { ana->run(); });
    std::thread run_ben([&] { ben->run(); });
    say("ready");

    base::Rng rng(std::strtoul(argv[2], nullptr, 10), base::Purpose::test, 0);
    const timespec moment{0, 5'000'000};  // so that the other board keeps up
    while (::sigtimedwait(&end, nullptr, &moment) != SIGTERM) {
        if (unanswered >= 4 && argc == 3) continue;  // on a full disk, some are never answered
        ++unanswered;
        ana->request(next_command(rng));
    }
    ana->stop();
    ben->stop();
    run_ana.join();
    run_ben.join();
    say("stopped");
    return 0;
}
