#include "engine/config/node_config.hpp"

#include "tests/scratch.hpp"
#include "tests/unit/config/golden.hpp"

namespace coop::config {
namespace {

const std::string key_a(64, 'a');

/// The folder of these tests' files.
const test::Folder& home() {
    static const test::Folder folder;
    return folder;
}

base::Result<NodeConfig, Diagnostic> load(const std::string& text,
                                          const std::vector<std::string>& overrides = {}) {
    const std::string path = home() / "node.toml";
    test::write_file(path, text);
    return load_node_config(path, overrides);
}

const std::string plain_node = R"(data = "store"
listen = "0.0.0.0:7411"
[owner]
line_up = "10Mbit/s"
line_down = "50Mbit/s"
disk = "8GB"
)";

TEST(NodeFile, NeedsOnlyTheOwnersLineAndDisk) {
    const auto loaded = load(plain_node);
    ASSERT_TRUE(loaded.ok()) << loaded.error().to_text();
    const NodeConfig& node = loaded.value();
    EXPECT_EQ(node.name, "node");
    EXPECT_EQ(node.data, home() / "store");
    EXPECT_EQ(node.listen, (Endpoint{"0.0.0.0", 7411}));
    EXPECT_EQ(node.advertise, node.listen);
    EXPECT_TRUE(node.contacts.empty());
    EXPECT_EQ(node.owner.line_up.per_second, 1'250'000);
    EXPECT_EQ(node.owner.share, base::percent(3));
    EXPECT_TRUE(node.owner.hours.always());
    EXPECT_EQ(node.policy.placement.name, "copies/1");
    EXPECT_EQ(node.log_level, LogLevel::info);
    EXPECT_EQ(node.epoch_unix_ns, 0);
    EXPECT_EQ(node.control, Control::none);
}

TEST(NodeFile, SaysEverythingElseToo) {
    const auto loaded = load(R"(name = "kitchen"
data = "/var/lib/coop"
listen = "[::]:0"
advertise = "[fd00::20]:7411"
contacts = [")" + key_a + R"(@192.168.1.20:7411", ")" +
                             key_a + R"(@board.example:80"]
log_level = "debug"
epoch = 2026-05-01T00:00:00Z
control = "unix:/run/coop.sock"
reports = "reports.jsonl"
[owner]
line_up = "10Mbit/s"
line_down = "50Mbit/s"
share_of_line = "5%"
hours = "3h"
hours_at = "22:30"
disk = "8GB"
[policy]
placement = { copies = 4 }
[membership]
keep_alive_every = "1s"
)");
    ASSERT_TRUE(loaded.ok()) << loaded.error().to_text();
    const NodeConfig& node = loaded.value();
    EXPECT_EQ(node.data, "/var/lib/coop");
    EXPECT_EQ(node.listen, (Endpoint{"::", 0}));
    EXPECT_EQ(node.advertise, (Endpoint{"fd00::20", 7411}));
    ASSERT_EQ(node.contacts.size(), 2U);
    EXPECT_EQ(node.contacts[0].key.bytes[31], 0xaa);
    EXPECT_EQ(node.contacts[1].at, (Endpoint{"board.example", 80}));
    EXPECT_EQ(node.owner.hours, (policy::DailyHours{base::hours(22) + base::minutes(30), base::hours(3)}));
    EXPECT_EQ(node.epoch_unix_ns, 1'777'593'600'000'000'000);
    EXPECT_EQ(node.control, Control::socket);
    EXPECT_EQ(node.control_socket, "/run/coop.sock");
    EXPECT_EQ(node.policy.placement.values[0].second, 4);
    EXPECT_EQ(node.tuning.membership.keep_alive_every, base::seconds(1));
}

TEST(NodeFile, TakesOverrides) {
    const auto loaded = load(plain_node, {"owner.hours=3h", "listen=127.0.0.1:0", "control=stdin"});
    ASSERT_TRUE(loaded.ok()) << loaded.error().to_text();
    EXPECT_EQ(loaded.value().owner.hours.length, base::hours(3));
    EXPECT_EQ(loaded.value().listen, (Endpoint{"127.0.0.1", 0}));
    EXPECT_EQ(loaded.value().control, Control::standard_input);
}

}  // namespace
}  // namespace coop::config
