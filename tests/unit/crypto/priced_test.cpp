// The priced tag holds for what was said and for nothing else; every use is metered.
#include "engine/crypto/priced.hpp"

#include <functional>

#include <gtest/gtest.h>

#include "engine/crypto/hash.hpp"
#include "engine/crypto/phantom.hpp"

namespace coop {
namespace {

using namespace protocol;
using crypto::PricedCrypto;

using Change = std::function<void(Statement&)>;

/// Every change must break the tag; undone, it must hold again.
void expect_all_noticed(const Statement& said, const std::vector<Change>& changes) {
    const PricedCrypto priced(11);
    const Signature signature = priced.sign(said);
    EXPECT_TRUE(priced.verify(said, signature));
    for (std::size_t i = 0; i < changes.size(); ++i) {
        Statement changed = said;
        changes[i](changed);
        EXPECT_FALSE(priced.verify(changed, signature)) << "change " << i;
    }
}

template <class B>
Change in_body(std::function<void(B&)> change) {
    return [change](Statement& s) { change(std::get<B>(s.body)); };
}

TEST(PricedCrypto, NoticesEveryChangeOfTheHead) {
    expect_all_noticed({{{3}, 4}, base::Instant::of_ns(5), Holding{}},
                       {
                           [](Statement& s) { s.id.origin = {4}; },
                           [](Statement& s) { s.id.sequence = 5; },
                           [](Statement& s) { std::swap(s.id.origin.index, s.id.sequence); },
                           [](Statement& s) { s.at += base::nanoseconds(1); },
                           [](Statement& s) { s.body = Notice{}; },
                           [](Statement& s) { s.body = Announcement{}; },
                       });
}

TEST(PricedCrypto, NoticesEveryChangeOfAnAnnouncement) {
    using A = Announcement;
    const A said{{base::hours(1), base::hours(3)}, base::gigabytes(8), true, false};
    expect_all_noticed({{{3}, 4}, base::Instant::of_ns(5), said},
                       {
                           in_body<A>([](A& a) { a.hours.start += base::seconds(1); }),
                           in_body<A>([](A& a) { a.hours.length += base::seconds(1); }),
                           in_body<A>([](A& a) { a.disk += base::Bytes{1}; }),
                           in_body<A>([](A& a) { a.accepting = false; }),
                           in_body<A>([](A& a) { a.leaving = true; }),
                           in_body<A>([](A& a) { a.accepting = false, a.leaving = true; }),
                           in_body<A>([](A& a) { a.endpoint.emplace(); }),
                       });
    A reachable = said;
    reachable.endpoint = Endpoint{{1, 2, 3}, 4};
    expect_all_noticed({{{3}, 4}, base::Instant::of_ns(5), reachable},
                       {
                           in_body<A>([](A& a) { a.endpoint->port = 5; }),
                           in_body<A>([](A& a) { a.endpoint->address[15] = 1; }),
                           in_body<A>([](A& a) { a.endpoint.reset(); }),
                       });
}

TEST(PricedCrypto, NoticesEveryChangeOfAHolding) {
    using H = Holding;
    expect_all_noticed({{{3}, 4}, base::Instant::of_ns(5), H{{}, {7}, Custody::keeper}},
                       {
                           in_body<H>([](H& h) { h.object.bytes[0] = 1; }),
                           in_body<H>([](H& h) { h.object.bytes[31] = 1; }),
                           in_body<H>([](H& h) { h.size = {8}; }),
                           in_body<H>([](H& h) { h.custody = Custody::released; }),
                       });
}

TEST(PricedCrypto, NoticesEveryChangeOfANotice) {
    using N = Notice;
    const auto text = [](Content words) { return std::make_shared<const Content>(std::move(words)); };
    expect_all_noticed({{{3}, 4}, base::Instant::of_ns(5), N{{9}, text({1, 2, 3, 4, 5, 6, 7, 8, 9})}},
                       {
                           in_body<N>([](N& n) { n.size = {8}; }),
                           in_body<N>([](N& n) { n.text = nullptr; }),
                           in_body<N>([&](N& n) {
                               n.text = text({1, 2, 3, 4, 5, 6, 7, 8, 8});
                           }),
                           in_body<N>([&](N& n) {
                               n.text = text({2, 2, 3, 4, 5, 6, 7, 8, 9});
                           }),
                           in_body<N>([&](N& n) {
                               n.text = text({1, 2, 3, 4, 5, 6, 7, 8, 9, 0});
                           }),
                       });
}

TEST(PricedCrypto, NoticesEveryBitOfTheSignatureAndTheSeed) {
    const Statement said{{{3}, 4}, base::Instant::of_ns(5), Holding{}};
    const PricedCrypto priced(11);
    const Signature signature = priced.sign(said);
    for (std::size_t bit = 0; bit < 512; ++bit) {
        Signature changed = signature;
        changed.bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        EXPECT_FALSE(priced.verify(said, changed));
    }
    EXPECT_FALSE(PricedCrypto(12).verify(said, signature));
}

TEST(PricedCrypto, SignsHoursAsTheWireCarriesThem) {
    Announcement said;
    said.hours = {base::seconds(3) + base::milliseconds(400), base::hours(1)};
    const PricedCrypto priced(1);
    const Signature signature = priced.sign({{{0}, 1}, {}, said});
    said.hours.start = base::seconds(3);
    EXPECT_TRUE(priced.verify({{{0}, 1}, {}, said}, signature));
}

TEST(PricedCrypto, TakesPhantomsAtTheirWordAndHashesRealBytes) {
    const PricedCrypto priced(1);
    const auto content = std::make_shared<const Content>(Content{1, 2, 3});
    EXPECT_TRUE(priced.names(Chunk{{}, {100}, nullptr}));
    EXPECT_TRUE(priced.names(Chunk{crypto::blake2b_256(*content), {3}, content}));
    EXPECT_FALSE(priced.names(Chunk{{}, {3}, content}));
    EXPECT_FALSE(priced.names(Chunk{crypto::blake2b_256(*content), {4}, content}));
}

TEST(PricedCrypto, NamesManifestsOfPhantomsAndOfRealChunks) {
    const PricedCrypto priced(1);
    Manifest manifest = crypto::phantom_manifest({1, {2}, 3}, base::mib(4));
    EXPECT_TRUE(priced.names(manifest));
    manifest.chunks[77].bytes[31] ^= 1;
    EXPECT_FALSE(priced.names(manifest));
    manifest.object = crypto::manifest_name(manifest);
    EXPECT_TRUE(priced.names(manifest));
    manifest.size += base::Bytes{1};
    EXPECT_FALSE(priced.names(manifest));
}

TEST(PricedCrypto, MetersTheWorkOnce) {
    const PricedCrypto priced(1);
    const Statement said{{{0}, 1}, {}, Holding{}};
    const Signature signature = priced.sign(said);
    EXPECT_TRUE(priced.verify(said, signature));
    EXPECT_TRUE(priced.verify(said, signature));
    EXPECT_TRUE(priced.names(Chunk{{}, {1000}, nullptr}));
    EXPECT_TRUE(priced.names(crypto::phantom_manifest({1, {0}, 0}, {1})));
    const crypto::Work work = priced.take_work();
    EXPECT_EQ(work.signatures, 1U);
    EXPECT_EQ(work.verifications, 2U);
    EXPECT_EQ(work.hashed.count, 1000 + 8 + 2 + 32);
    const crypto::Work rest = priced.take_work();
    EXPECT_EQ(rest.signatures + rest.verifications, 0U);
    EXPECT_EQ(rest.hashed.count, 0);
}

TEST(PricedCrypto, RanksMembersByTheirSimulatedKeys) {
    const PricedCrypto priced(21);
    EXPECT_EQ(priced.key_prefix({4}), crypto::simulated_key(21, {4}).prefix());
    EXPECT_NE(priced.key_prefix({4}), priced.key_prefix({5}));
}

}  // namespace
}  // namespace coop
