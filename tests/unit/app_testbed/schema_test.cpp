// SCHEMA.md is a public contract: it lists what runs write, no more and no less.
#include <gtest/gtest.h>

#include "engine/app/commands.hpp"
#include "engine/protocol/effect.hpp"
#include "engine/sim/ports.hpp"
#include "tests/unit/app_testbed/documented.hpp"

namespace coop::app {
namespace {

using coop::test::Folder;

std::set<std::string> documented_words(const std::string& field) {
    const std::string text = test::schema();
    const std::string begin = "\n`" + field + "` is ";
    const std::size_t at = text.find(begin);
    EXPECT_NE(at, std::string::npos) << field;
    const std::size_t from = at + begin.size();
    const auto listed = test::quoted(text.substr(from, text.find('.', from) - from));
    return {listed.begin(), listed.end()};
}

TEST(Schema, ListsEveryKindOfEventAndNoOther) {
    std::set<std::string> known{"send", "drop", "sent_in_second"};
    for (unsigned w = 1; protocol::to_text(static_cast<protocol::What>(w)) != "unknown"; ++w)
        known.insert(std::string(protocol::to_text(static_cast<protocol::What>(w))));
    std::set<std::string> documented;
    for (const auto& [kind, fields] : test::documented_events()) documented.insert(kind);
    EXPECT_EQ(documented, known);
}

TEST(Schema, ListsTheWordsThatFieldsMayHold) {
    std::set<std::string> reasons, whys, messages;
    for (auto r = 0U; r <= static_cast<unsigned>(protocol::Reason::leaving); ++r) {
        const std::string_view text = protocol::to_text(static_cast<protocol::Reason>(r));
        if (text != "unknown_reason") reasons.insert(std::string(text));
    }
    for (auto w = 1U; w <= static_cast<unsigned>(sim::Dropped::vanished); ++w)
        whys.insert(sim::to_text(static_cast<sim::Dropped>(w)));
    for (std::size_t kind = 0; kind < protocol::message_kinds; ++kind)
        messages.insert(std::string(protocol::kind_name(kind)));
    EXPECT_EQ(documented_words("reason"), reasons);
    EXPECT_EQ(documented_words("why"), whys);
    EXPECT_EQ(documented_words("message"), messages);
}

// Sleep, a farewell, a crash, a full disk and a lost member: most kinds come up. Members ask after each other
// seldom and photos are small: each event is read back and looked at.
const std::string eventful = R"(
duration = "4d"
[members]
count = 8
contacts = 2
boards = "n100"
lines = "adsl"
share_of_line = "5%"
hours = "12h"
disk = "30MB"
[membership]
keep_alive_every = "20min"
link_silent_max = "1h"
shuffle_every = "20min"
[sync]
every = "20min"
[content]
failed_after = "1d"
[[workload]]
kind = "photos"
size = "100KiB"
every = "1d"
[[workload]]
kind = "notices"
size = "500B"
every = "6h"
[[workload]]
kind = "reads"
every = "8h"
[[fault]]
kind = "power_cut"
at = "20h"
lasts = "40h"
members = [1]
[[fault]]
kind = "leave"
at = "30h"
members = [2]
[[fault]]
kind = "crash"
at = "30h"
lasts = "1min"
members = [3]
[[fault]]
kind = "disk_full"
at = "30h"
lasts = "20h"
members = [4]
[[expect]]
metric = "objects.lost"
most = 0
)";

TEST(Schema, IsWhatASimulationWrites) {
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(COOP_SOURCE_DIR);
    const Folder folder;
    coop::test::write_file(folder / "eventful.toml", eventful);
    testing::internal::CaptureStdout();
    RunRequest request;
    request.scenario = folder / "eventful.toml";
    request.out = folder / "out";
    request.events = true;
    EXPECT_EQ(run(request), exit_ok);
    (void)testing::internal::GetCapturedStdout();
    std::filesystem::current_path(before);
    const auto reader = results::Reader::open(folder / "out/latest");
    ASSERT_TRUE(reader.ok()) << reader.error().message;
    const std::set<std::string> seen = test::expect_documented_events(reader.value());
    for (const char* const kind : {"woke_up", "fell_asleep", "link_up", "link_down", "published", "delivered",
                                   "put_accepted", "stored", "object_safe", "got", "member_failed",
                                   "repair_started", "disk_trouble", "departed", "send", "drop"}) {
        EXPECT_TRUE(seen.contains(kind)) << kind;
    }
    const std::string text = test::schema();
    for (const results::Metric& metric : reader.value().metrics().value())
        EXPECT_NE(text.find("`" + metric.unit + "`"), std::string::npos) << metric.unit;
    for (const results::Attribute& attribute : reader.value().attributes().value())
        EXPECT_NE(text.find("`" + attribute.key + "`"), std::string::npos) << attribute.key;
    std::set<std::string> faults;
    for (const results::Fault& fault : reader.value().faults().value()) {
        EXPECT_NE(text.find("`" + fault.kind + "`"), std::string::npos) << fault.kind;
        faults.insert(fault.kind);
    }
    EXPECT_EQ(faults, (std::set<std::string>{"power_off", "power_on", "leave", "kill", "restart", "disk_full",
                                             "disk_well"}));
}

}  // namespace
}  // namespace coop::app
