// The file that an owner copies.
#include <sstream>

#include <gtest/gtest.h>

#include "engine/config/node_config.hpp"
#include "tests/scratch.hpp"

namespace coop::app {
namespace {

const std::string example = coop::test::read_file(COOP_SOURCE_DIR "/engine/runtime/node.example.toml");

/// With every optional line.
std::string whole() {
    std::istringstream lines(example);
    std::string text;
    for (std::string line; std::getline(lines, line);) {
        text += (line.starts_with("#: ") ? line.substr(3) : line) + "\n";
    }
    return text;
}

TEST(NodeExample, IsReadAsItIs) {
    const coop::test::Folder folder;
    coop::test::write_file(folder / "node.toml", example);
    const auto node = config::load_node_config(folder / "node.toml");
    ASSERT_TRUE(node.ok()) << node.error().to_text();
    EXPECT_TRUE(node.value().contacts.empty());
    EXPECT_EQ(node.value().control, config::Control::socket);
    EXPECT_EQ(node.value().control_socket, folder / "control.sock");
    EXPECT_EQ(node.value().owner.share, base::percent(3));
}

TEST(NodeExample, IsReadWithAllItsOptionalLines) {
    const coop::test::Folder folder;
    coop::test::write_file(folder / "node.toml", whole());
    const auto node = config::load_node_config(folder / "node.toml");
    ASSERT_TRUE(node.ok()) << node.error().to_text();
    EXPECT_EQ(node.value().contacts.size(), 1U);
    EXPECT_EQ(node.value().advertise.host, "kitchen.example.org");
    EXPECT_EQ(node.value().reports, folder / "reports.jsonl");
    EXPECT_EQ(node.value().tuning.content.failed_after, base::days(7));
}

}  // namespace
}  // namespace coop::app
