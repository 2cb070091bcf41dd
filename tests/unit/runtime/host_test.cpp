// Two and three members over loopback: they join, tell each other news, and pass an object on.
#include "tests/unit/runtime/village.hpp"

#include "engine/protocol/message_size.hpp"
#include "engine/runtime/objects.hpp"

namespace coop::runtime::test {
namespace {

using protocol::What;

TEST(Host, JoinsAContactAndHearsItsNews) {
    Folder folder;
    Resident ana(options_in(folder / "ana"));
    Options options = options_in(folder / "ben");
    options.contacts = {ana.contact()};
    Resident ben(options);
    ASSERT_TRUE(eventually([&] { return ana.count(What::link_up) == 1 && ben.count(What::link_up) == 1; }));

    ana->request(notice("market on Saturday"));
    ben->request(notice("I bring apples"));
    const auto heard = [](const Resident& who, std::int64_t size) {
        const auto news = who.reports(What::delivered);
        return std::any_of(news.begin(), news.end(), [&](const auto& r) { return r.size.count > size; });
    };
    // An announcement has 18 + 4 + 4 + 8 + 1 bytes of body; both notices are put in a larger statement.
    EXPECT_TRUE(eventually([&] { return ben.count(What::delivered) == 2 && heard(ben, 100); }));
    EXPECT_TRUE(eventually([&] { return ana.count(What::delivered) == 2 && heard(ana, 100); }));
    EXPECT_EQ(ana->counters().frames_forged + ana->counters().messages_malformed, 0U);
    EXPECT_EQ(ana->counters().surprises + ben->counters().surprises, 0U);
}

}  // namespace
}  // namespace coop::runtime::test
