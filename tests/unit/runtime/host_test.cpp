// Members over loopback: they join, tell each other news, pass objects on, sleep, stop and come back.
#include <fstream>
#include <iterator>

#include "engine/runtime/objects.hpp"
#include "tests/unit/runtime/owner.hpp"
#include "tests/unit/runtime/village.hpp"

namespace coop::runtime::test {
namespace {

using protocol::What;

/// How many statements of this many bytes of text somebody has heard. Announcements and holdings are shorter.
std::size_t heard(const Resident& who, std::size_t text) {
    const auto news = who.reports(What::delivered);
    return static_cast<std::size_t>(std::count_if(news.begin(), news.end(), [&](const auto& r) {
        return r.size.count > static_cast<std::int64_t>(text);
    }));
}

const std::string long_notice(500, 'n');

void expect_no_trouble(const Resident& host, const Counters& c) {
    EXPECT_EQ(c.surprises, 0U);
    EXPECT_EQ(c.frames_forged + c.frames_oversized + c.messages_malformed + c.messages_impostor, 0U);
    EXPECT_EQ(c.commits_failed + c.chunks_missing, 0U);
    EXPECT_EQ(host.count(What::bad_signature) + host.count(What::bad_message), 0U);
}

TEST(Host, JoinsAContactAndHearsItsNews) {
    const Folder folder;
    Resident ana(options_in(folder / "ana"));
    Options options = options_in(folder / "ben");
    options.contacts = {ana.contact()};
    Resident ben(options);
    ASSERT_TRUE(eventually([&] { return ana.count(What::link_up) == 1 && ben.count(What::link_up) == 1; }));

    ana->request(notice(long_notice));
    ben->request(notice(long_notice));
    EXPECT_TRUE(eventually([&] { return heard(ben, 500) == 1 && heard(ana, 500) == 1; }));
    expect_no_trouble(ana, ana->counters());
    expect_no_trouble(ben, ben->counters());
}

TEST(Host, NeverGivesANumberTwiceHoweverEarlyItIsAsked) {
    const Folder folder;
    std::vector<std::uint32_t> said;
    for (int life = 0; life < 3; ++life) {
        Hooks hooks;
        hooks.on_report = [&](base::Instant, const protocol::Report& report) {
            if (report.what == What::published) said.push_back(report.id.sequence);
        };
        auto opened = Host::open(options_in(folder / "ana"), std::move(hooks));
        ASSERT_TRUE(opened.ok()) << opened.error();
        const auto host = std::move(opened).value();
        host->request(notice(long_notice));  // before it runs, and so before it knows its last life
        host->request(notice(long_notice));
        host->stop();
        host->run();
    }
    ASSERT_EQ(said.size(), 6U);
    EXPECT_TRUE(std::is_sorted(said.begin(), said.end()));
    EXPECT_EQ(std::adjacent_find(said.begin(), said.end()), said.end());
}

TEST(Host, TellsThreeMembersThroughOneContact) {
    const Folder folder;
    Resident ana(options_in(folder / "ana"));
    Options options = options_in(folder / "ben");
    options.contacts = {ana.contact()};
    Resident ben(options);
    options = options_in(folder / "cid");
    options.contacts = {ana.contact()};
    Resident cid(options);
    ASSERT_TRUE(eventually([&] { return ben.count(What::link_up) >= 1 && cid.count(What::link_up) >= 1; }));
    constexpr std::size_t notices = 20;
    for (std::size_t i = 0; i < notices; ++i) {
        ben->request(notice(long_notice + std::to_string(i)));
        cid->request(notice(long_notice + std::to_string(i)));
    }
    EXPECT_TRUE(eventually([&] {
        return heard(ana, 500) == 2 * notices && heard(ben, 500) == notices && heard(cid, 500) == notices;
    }));
    expect_no_trouble(ana, ana->counters());
}

TEST(Host, PassesAnObjectOnWholeAndUnchanged) {
    const Folder folder;
    Resident ana(options_in(folder / "ana"));
    Options options = options_in(folder / "ben");
    options.contacts = {ana.contact()};
    options.control = true;
    Resident ben(options);
    ASSERT_TRUE(eventually([&] { return ben.count(What::link_up) == 1; }));

    const auto bytes = synthetic_bytes(base::mib(1) + base::Bytes{17}, 4);
    const auto put = prepare_object(bytes);
    const base::Digest object = put.value().manifest->object;
    ana->request(put.value());
    ASSERT_TRUE(eventually([&] { return ana.has(What::put_accepted, object); }));
    const Json got = Owner(folder / "ben/control.sock")
                         .ask({{"do", "get"}, {"object", base::to_hex(object)}, {"to", folder / "photo"}});
    ASSERT_EQ(got["ok"], true) << got;
    std::ifstream file(folder / "photo", std::ios::binary);
    EXPECT_EQ(protocol::Content(std::istreambuf_iterator<char>(file), {}), bytes);
    expect_no_trouble(ana, ana->counters());
    expect_no_trouble(ben, ben->counters());
}

TEST(Host, KeepsOneConnectionWhenBothDialAtOnce) {
    const Folder folder;
    Options ana = options_in(folder / "ana");
    Options ben = options_in(folder / "ben");
    ana.control = ben.control = true;
    const Contact to_ana = Resident(ana).contact();  // both were here before, and know each other since
    const Contact to_ben = Resident(ben).contact();
    ana.listen = to_ana.at;
    ben.listen = to_ben.at;
    ana.contacts = {to_ben};
    ben.contacts = {to_ana};
    for (int round = 0; round < 5; ++round) {
        Resident first(ana);
        Resident second(ben);
        ASSERT_TRUE(
            eventually([&] { return first.count(What::link_up) > 0 && second.count(What::link_up) > 0; }));
        const auto connections = [&](const char* who) {
            return Owner(folder / (std::string(who) + "/control.sock"))
                .ask({{"do", "status"}})["connections"]
                .get<int>();
        };
        EXPECT_TRUE(eventually([&] { return connections("ana") == 1 && connections("ben") == 1; }));
        second->request(notice(long_notice));
        EXPECT_TRUE(eventually([&] { return heard(first, 500) >= 1; }));
    }
}

TEST(Host, RemembersEverythingAcrossARestart) {
    const Folder folder;
    Options options = options_in(folder / "ana");
    options.control = true;
    const auto put = prepare_object(synthetic_bytes(base::kib(70), 5));
    base::Key key;
    std::uint32_t sequence = 0;
    {
        Resident ana(options);
        ana->request(put.value());
        ana->request(notice("hello"));
        ASSERT_TRUE(eventually(
            [&] { return ana.count(What::put_accepted) == 1 && ana.count(What::published) == 1; }));
        key = ana->key();
        sequence = ana.reports(What::published)[0].id.sequence;
    }
    Resident again(options);
    EXPECT_EQ(again->key(), key);
    const Json status = Owner(folder / "ana/control.sock").ask({{"do", "status"}});
    ASSERT_EQ(status["objects"].size(), 1U);
    EXPECT_EQ(status["objects"][0]["object"], base::to_hex(put.value().manifest->object));
    again->request(notice("hello again"));
    ASSERT_TRUE(eventually([&] { return again.count(What::published) == 1; }));
    EXPECT_GT(again.reports(What::published)[0].id.sequence, sequence);
}

TEST(Host, SaysGoodbyeWhenItStops) {
    const Folder folder;
    Resident ana(options_in(folder / "ana"));
    Options options = options_in(folder / "ben");
    options.contacts = {ana.contact()};
    Resident ben(options);
    ASSERT_TRUE(eventually([&] { return ana.count(What::link_up) == 1; }));
    ben.stop();
    ASSERT_TRUE(eventually([&] { return ana.count(What::link_down) == 1; }));
    const auto end = static_cast<protocol::LinkEnd>(ana.reports(What::link_down)[0].value);
    EXPECT_NE(end, protocol::LinkEnd::silent);
}

TEST(Host, StopsEvenWhenNobodyListensToItsFarewell) {
    const Folder folder;
    Options options = options_in(folder / "ana");
    options.limits.farewell_max = base::milliseconds(300);
    Resident ana(options);
    const Stranger deaf(ana->endpoint(), identity_of(1));  // neither reads nor closes
    ASSERT_TRUE(deaf.greeted);
    ana.stop();  // the test ends
    EXPECT_TRUE(deaf.wire.reads_to_the_end());
}

TEST(Host, ClosesItsDoorWhenTheOwnersHoursEnd) {
    const Folder folder;
    Resident ana(options_in(folder / "ana"));
    Options options = options_in(folder / "ben");
    options.contacts = {ana.contact()};
    // By this epoch it is 0:00 now; the hours end in six seconds, and the node says good night two before
    // that.
    options.epoch = base::seconds(::time(nullptr));
    options.config.owner.hours = {base::hours(21), base::hours(3) + base::seconds(6)};
    options.control = true;
    Resident ben(options);
    ASSERT_TRUE(eventually([&] { return ben.count(What::link_up) == 1 && ana.count(What::link_up) == 1; }));
    ASSERT_TRUE(eventually([&] { return ben.count(What::fell_asleep) == 1; }));
    EXPECT_TRUE(eventually([&] { return ana.count(What::link_down) == 1; }));
    const Owner owner(folder / "ben/control.sock");
    EXPECT_TRUE(eventually([&] { return owner.ask({{"do", "status"}})["connections"] == 0; }));
    const Stranger late(ben->endpoint(), identity_of(1));
    EXPECT_FALSE(late.greeted);
    EXPECT_EQ(owner.ask({{"do", "status"}})["awake"], false);
}

TEST(Host, KeepsWhatItHasAndSaysSoWhenTheDiskIsFull) {
    const Folder folder;
    Options options = options_in(folder / "ana");
    options.store_size_max = base::mib(1);
    options.control = true;
    const auto small = prepare_object(synthetic_bytes(base::kib(200), 1));
    const auto large = prepare_object(synthetic_bytes(base::mib(4), 2));
    {
        Resident ana(options);
        ana->request(small.value());
        ASSERT_TRUE(eventually([&] { return ana.count(What::put_accepted) == 1; }));
        ana->request(large.value());
        ASSERT_TRUE(eventually([&] { return ana.count(What::put_refused) == 1; }));
        EXPECT_EQ(ana.count(What::disk_trouble), 1U);
        EXPECT_TRUE(eventually([&] { return ana->counters().commits_failed >= 1; }));
        EXPECT_EQ(ana->counters().surprises, 0U);
        const Json status = Owner(folder / "ana/control.sock").ask({{"do", "status"}});
        EXPECT_EQ(status["objects"].size(), 1U);
    }
    Resident again(options);
    const Json got = Owner(folder / "ana/control.sock")
                         .ask({{"do", "get"},
                               {"object", base::to_hex(small.value().manifest->object)},
                               {"to", folder / "photo"}});
    EXPECT_EQ(got["ok"], true) << got;
    EXPECT_EQ(std::filesystem::file_size(folder / "photo"), 200U * 1024);
}

TEST(Host, CountsOnTheLineWhatTheNodeSent) {
    const Folder folder;
    std::mutex lock;
    base::Bytes sent;
    std::size_t messages = 0;
    Hooks hooks;
    hooks.on_sent = [&](const Traffic& t) {
        const std::lock_guard hold(lock);
        sent += t.line;
        ++messages;
    };
    Resident ana(options_in(folder / "ana"));
    Options options = options_in(folder / "ben");
    options.contacts = {ana.contact()};
    Resident ben(options, hooks);
    ASSERT_TRUE(eventually([&] { return ana.count(What::link_up) == 1; }));
    ben.stop();
    EXPECT_EQ(static_cast<std::uint64_t>(sent.count), ben->counters().bytes_sent);
    EXPECT_EQ(messages, ben->counters().messages_sent);
    // Everything that left has arrived, and both count the same bytes for it.
    ASSERT_TRUE(eventually([&] { return ana->counters().messages_received == messages; }));
    EXPECT_EQ(ana->counters().bytes_received, static_cast<std::uint64_t>(sent.count));
}

TEST(HostOpening, SaysWhatIsWrong) {
    const Folder folder;
    Resident ana(options_in(folder / "ana"));
    Options options = options_in(folder / "ben");
    options.listen = ana->endpoint();
    const auto taken = Host::open(options);
    ASSERT_FALSE(taken.ok());
    EXPECT_EQ(taken.error(),
              "cannot listen at " + to_text(ana->endpoint()) +
                  ": Address already in use\n   another program has this port, perhaps this board "
                  "itself: stop it, or name another port in `listen`");

    std::ofstream(folder / "file") << "no folder";
    const auto no_folder = Host::open(options_in(folder / "file"));
    EXPECT_FALSE(no_folder.ok());

    std::filesystem::create_directories(folder / "cid");
    std::ofstream(folder / "cid/board.db") << std::string(5000, 'x');
    const auto foreign = Host::open(options_in(folder / "cid"));
    ASSERT_FALSE(foreign.ok());
    EXPECT_NE(foreign.error().find("board.db"), std::string::npos);
}

}  // namespace
}  // namespace coop::runtime::test
