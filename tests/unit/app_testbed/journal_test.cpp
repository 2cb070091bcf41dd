#include "engine/app/journal.hpp"

#include <gtest/gtest.h>

#include "tests/scratch.hpp"

namespace coop::app {
namespace {

using coop::test::Folder;
using protocol::PeerId;
using protocol::Reason;
using protocol::Report;
using protocol::What;

/// Member n's key: 32 times the byte n + 1.
base::Key key_of_member(std::uint32_t member) {
    base::Key key;
    key.bytes.fill(static_cast<std::uint8_t>(member + 1));
    return key;
}
std::optional<base::Key> key_of(PeerId peer) {
    return peer.index < 40 ? std::optional(key_of_member(peer.index)) : std::nullopt;
}
PeerId member_of(const base::Key& key) {
    for (std::uint32_t i = 0; i < 40; ++i) {
        if (key == key_of_member(i)) return PeerId{i};
    }
    return PeerId::none();
}

base::Digest digest(std::uint8_t byte) {
    base::Digest name;
    name.bytes.fill(byte);
    return name;
}

base::Instant at_ms(std::int64_t ms) { return base::Instant::zero() + base::milliseconds(ms); }

void expect_same(const Report& a, const Report& b) {
    EXPECT_EQ(a.what, b.what);
    EXPECT_EQ(a.peer, b.peer);
    EXPECT_EQ(a.id, b.id);
    EXPECT_EQ(a.object, b.object);
    EXPECT_EQ(a.size, b.size);
    EXPECT_EQ(a.value, b.value);
    EXPECT_EQ(a.hops, b.hops);
    EXPECT_EQ(a.reason, b.reason);
}

/// What the report is after a journey through a line.
Report there_and_back(const Report& report) {
    const std::string line = to_line({at_ms(5), report}, key_of);
    EXPECT_LE(line.size(), journal_line_max / 2);
    const auto entry = parse_line(line, member_of);
    EXPECT_TRUE(entry) << line;
    EXPECT_EQ(entry->at, at_ms(5));
    return std::get<Report>(entry->what);
}

std::vector<Report> one_of_each() {
    return {
        {.what = What::fell_asleep},
        {.what = What::woke_up},
        {.what = What::link_up, .peer = PeerId{3}},
        {.what = What::link_down, .peer = PeerId{3}, .value = 4},
        {.what = What::published, .id = {PeerId{0}, 7}, .size = {1151}},
        {.what = What::delivered,
         .id = {PeerId{39}, 4'294'967'295U},
         .size = {1151},
         .value = 8'123'456,
         .hops = 65'535},
        {.what = What::duplicate, .peer = PeerId{2}, .id = {PeerId{1}, 1}},
        {.what = What::put_accepted, .object = digest(0xab), .size = base::mib(4)},
        {.what = What::put_refused,
         .object = digest(0xab),
         .size = base::mib(4),
         .reason = Reason::disk_full},
        {.what = What::stored, .object = digest(0xab), .size = base::mib(4), .value = 2},
        {.what = What::object_safe, .object = digest(0xab), .size = base::mib(4)},
        {.what = What::released, .object = digest(0xab), .size = base::mib(4)},
        {.what = What::got, .object = digest(0xab), .size = base::mib(4), .value = 1},
        {.what = What::refused, .peer = PeerId{2}, .object = digest(1), .reason = Reason::outside_hours},
        {.what = What::was_refused, .peer = PeerId{2}, .object = digest(1), .reason = Reason::busy},
        {.what = What::member_failed, .peer = PeerId{9}},
        {.what = What::member_returned, .peer = PeerId{9}},
        {.what = What::repair_started, .object = digest(0xab), .size = base::mib(4)},
        {.what = What::bad_signature, .peer = PeerId{2}, .id = {PeerId{1}, 1}},
        {.what = What::bad_message, .peer = PeerId{2}, .reason = Reason::malformed},
        {.what = What::dropped_over_quota, .peer = PeerId{2}, .size = {999}, .reason = Reason::over_quota},
        {.what = What::disk_trouble},
        {.what = What::get_failed, .object = digest(0xab), .reason = Reason::not_here},
        {.what = What::get_asked, .object = digest(0xab)},
        {.what = What::catalogue_full, .peer = PeerId{9}, .object = digest(0xab)},
        {.what = What::departed}};
}

TEST(Journal, ReadsBackEveryReportAsItWasWritten) {
    const auto reports = one_of_each();
    EXPECT_EQ(reports.size(), static_cast<std::size_t>(What::departed));  // a new report needs its line here
    for (const Report& report : reports) {
        SCOPED_TRACE(protocol::to_text(report.what));
        expect_same(there_and_back(report), report);
    }
}

TEST(Journal, NamesMembersByKeyOnABoardAndByNumberInASimulation) {
    const Report report{.what = What::delivered, .id = {PeerId{2}, 7}, .size = {1024}, .value = 5, .hops = 1};
    EXPECT_EQ(to_json(report), R"({"origin":2,"sequence":7,"size":1024,"hops":1,"age_ns":5})");
    EXPECT_EQ(to_json(report, key_of),
              R"({"origin":"0303030303030303030303030303030303030303030303030303030303030303")"
              R"(,"sequence":7,"size":1024,"hops":1,"age_ns":5})");
    EXPECT_EQ(to_json({.what = What::woke_up}), "{}");
    EXPECT_EQ(to_json({.what = What::link_down, .peer = PeerId{1}, .value = 1}),
              R"({"peer":1,"end":"silent"})");
}

TEST(Journal, AStrangerIsNobodyToTheCollector) {
    const Report report{.what = What::link_up, .peer = PeerId{77}};  // whose key the board cannot tell
    EXPECT_TRUE(there_and_back(report).peer.is_none());
    const auto entry =
        parse_line(R"({"t":1,"report":"link_up","peer":")" + std::string(64, 'f') + "\"}", member_of);
    ASSERT_TRUE(entry);
    EXPECT_TRUE(std::get<Report>(entry->what).peer.is_none());
}

TEST(Journal, RefusesEveryOtherLine) {
    const std::string bad[] = {"",
                               "{",
                               "[]",
                               "7",
                               "null",
                               "{}",
                               R"({"t":1})",
                               R"({"report":"woke_up"})",
                               R"({"t":"1","report":"woke_up"})",
                               R"({"t":1.5,"report":"woke_up"})",
                               R"({"t":18446744073709551615,"report":"woke_up"})",
                               R"({"t":1,"report":"woke"})",
                               R"({"t":1,"report":7})",
                               R"({"t":1,"report":"woke_up","colour":"red"})",
                               R"({"t":1,"report":"link_up","peer":"abc"})",
                               R"({"t":1,"report":"link_up","peer":3})",
                               R"({"t":1,"report":"published","sequence":4294967296})",
                               R"({"t":1,"report":"published","sequence":-1})",
                               R"({"t":1,"report":"delivered","hops":65536})",
                               R"({"t":1,"report":"link_down","end":"bored"})",
                               R"({"t":1,"report":"link_down","value":1})",
                               R"({"t":1,"report":"stored","size":-1})",
                               R"({"t":1,"report":"woke_up","reason":"busy"})",
                               R"({"t":1,"report":"refused","reason":"shy"})",
                               R"({"t":1,"report":"put_accepted","object":"12"})",
                               R"({"t":1,"sent":"gossip","messages":1})",
                               R"({"t":1,"sent":"gosip","messages":1,"bytes":2})",
                               R"({"t":1,"sent":"gossip","messages":-1,"bytes":2})",
                               R"({"t":1,"sent":"gossip","messages":1,"bytes":2,"to":3})",
                               R"({"t":1,"report":"woke_up"} and more)",
                               std::string(journal_line_max, ' ') + R"({"t":1,"report":"woke_up"})"};
    for (const std::string& line : bad) EXPECT_FALSE(parse_line(line, member_of)) << line;
}

TEST(Journal, AddsUpTrafficSecondBySecond) {
    const Folder folder;
    {
        auto journal = JournalWriter::open(folder / "reports.jsonl", key_of);
        ASSERT_TRUE(journal.ok()) << journal.error();
        journal.value().sent(at_ms(1100), 8, {100});
        journal.value().sent(at_ms(1900), 8, {50});
        journal.value().sent(at_ms(1950), 9, {10});
        journal.value().sent(at_ms(2000), 8, {7});
    }
    const auto read = read_journal(folder / "reports.jsonl", member_of);
    ASSERT_TRUE(read.ok()) << read.error();
    ASSERT_EQ(read.value().entries.size(), 3U);
    const auto tick = [&](std::size_t i) { return std::get<SentTick>(read.value().entries[i].what); };
    EXPECT_EQ(tick(0), (SentTick{8, 2, {150}}));
    EXPECT_EQ(tick(1), (SentTick{9, 1, {10}}));
    EXPECT_EQ(tick(2), (SentTick{8, 1, {7}}));
    EXPECT_EQ(read.value().entries[0].at, at_ms(1000));
    EXPECT_EQ(read.value().entries[2].at, at_ms(2000));
}

TEST(Journal, ALineTornByAKillCostsItselfAlone) {
    const Folder folder;
    const std::string path = folder / "reports.jsonl";
    coop::test::write_file(path, "{\"t\":1,\"report\":\"woke_up\"}\n{\"t\":2,\"repo");
    {
        auto again = JournalWriter::open(path, key_of);
        ASSERT_TRUE(again.ok()) << again.error();
        again.value().report(at_ms(3), {.what = What::woke_up});
    }
    const auto read = read_journal(path, member_of);
    ASSERT_TRUE(read.ok()) << read.error();
    EXPECT_EQ(read.value().bad_lines, 1U);
    ASSERT_EQ(read.value().entries.size(), 2U);
    EXPECT_EQ(read.value().entries[1].at, at_ms(3));
}

TEST(Journal, ReadsUpToATornEndAndOverALineWithoutEnd) {
    const Folder folder;
    const std::string path = folder / "reports.jsonl";
    const std::string good = "{\"t\":1,\"report\":\"woke_up\"}\n";
    coop::test::write_file(path, good + std::string(10 * journal_line_max, 'x') + "\n" + good + "{\"t\":2,");
    const auto read = read_journal(path, member_of);
    ASSERT_TRUE(read.ok()) << read.error();
    EXPECT_EQ(read.value().entries.size(), 2U);
    EXPECT_EQ(read.value().bad_lines, 2U);

    coop::test::write_file(path, "{\"t\":1,\"report\":\"woke_up\"}");  // whole, but for its newline
    EXPECT_EQ(read_journal(path, member_of).value().entries.size(), 1U);
    coop::test::write_file(path, "");
    EXPECT_EQ(read_journal(path, member_of).value().bad_lines, 0U);
    EXPECT_EQ(read_journal(folder / "none", member_of).error(),
              folder / "none" + ": No such file or directory");
}

TEST(Journal, IsReadOnWhereItGrew) {
    const Folder folder;
    const std::string path = folder / "reports.jsonl";
    const std::string good = "{\"t\":1,\"report\":\"woke_up\"}\n";
    const std::string endless(3 * journal_line_max, 'x');
    coop::test::write_file(path, good + endless);
    const auto first = read_journal(path, member_of, {0, true}).value();
    EXPECT_EQ(first.entries.size(), 1U);
    EXPECT_EQ(first.bad_lines, 0U);
    EXPECT_EQ(first.next, good.size());
    coop::test::write_file(path, good + endless + "\n" + good);
    const auto second = read_journal(path, member_of, {first.next, true}).value();
    EXPECT_EQ(second.entries.size(), 1U);
    EXPECT_EQ(second.bad_lines, 1U);
    EXPECT_EQ(second.next, std::filesystem::file_size(path));
    EXPECT_TRUE(read_journal(path, member_of, {second.next, false}).value().entries.empty());
}

}  // namespace
}  // namespace coop::app
