// Two implementations, one contract: what holds for priced crypto holds for real crypto, and costs a board
// the same.
#include <functional>
#include <utility>

#include <gtest/gtest.h>

#include "engine/crypto/hash.hpp"
#include "engine/crypto/priced.hpp"
#include "engine/sim/phantom.hpp"
#include "engine/sim/real_crypto.hpp"

namespace coop {
namespace {

using namespace protocol;

constexpr std::uint32_t boards = 16;

struct Priced {
    static crypto::PricedCrypto make(std::uint64_t seed) { return crypto::PricedCrypto(seed); }
};
struct Real {
    static sim::RealCrypto make(std::uint64_t seed) { return {seed, boards}; }
};

using Change = std::function<void(Statement&)>;

template <class B>
Change in_body(std::function<void(B&)> change) {
    return [change](Statement& s) { change(std::get<B>(s.body)); };
}

std::shared_ptr<const Content> words(Content content) {
    return std::make_shared<const Content>(std::move(content));
}

template <class Made>
class SimulatedCrypto : public testing::Test {
  protected:
    /// Every change must break the signature; without one, it must hold.
    void expect_all_noticed(const Body& body, const std::vector<Change>& changes) {
        const Statement said{{{3}, 4}, base::Instant::of_ns(5), body};
        const Signature signature = crypto.sign(said);
        EXPECT_TRUE(crypto.verify(said, signature));
        for (std::size_t i = 0; i < changes.size(); ++i) {
            Statement changed = said;
            changes[i](changed);
            EXPECT_FALSE(crypto.verify(changed, signature)) << "change " << i;
        }
    }
    Put put(PeerId author, base::Bytes size) {
        Put made = sim::phantom_put({seed, author, ++objects_}, size);
        crypto.create(made);
        return made;
    }

    static constexpr std::uint64_t seed = 11;
    decltype(Made::make(0)) crypto = Made::make(seed);

  private:
    std::uint64_t objects_ = 0;
};
using Both = testing::Types<Priced, Real>;
TYPED_TEST_SUITE(SimulatedCrypto, Both);

TYPED_TEST(SimulatedCrypto, NoticesEveryChangeOfTheHead) {
    this->expect_all_noticed(Holding{}, {
                                            [](Statement& s) { s.id.origin = {4}; },
                                            [](Statement& s) { s.id.sequence = 5; },
                                            [](Statement& s) { std::swap(s.id.origin.index, s.id.sequence); },
                                            [](Statement& s) { s.at += base::nanoseconds(1); },
                                            [](Statement& s) { s.body = Notice{}; },
                                            [](Statement& s) { s.body = Announcement{}; },
                                        });
}

TYPED_TEST(SimulatedCrypto, NoticesEveryChangeOfAnAnnouncement) {
    using A = Announcement;
    const A said{{base::hours(1), base::hours(3)}, base::gigabytes(8), true, false};
    this->expect_all_noticed(said, {
                                       in_body<A>([](A& a) { a.hours.start += base::seconds(1); }),
                                       in_body<A>([](A& a) { a.hours.length += base::seconds(1); }),
                                       in_body<A>([](A& a) { a.disk += base::Bytes{1}; }),
                                       in_body<A>([](A& a) { a.accepting = false; }),
                                       in_body<A>([](A& a) { a.leaving = true; }),
                                       in_body<A>([](A& a) { a.accepting = false, a.leaving = true; }),
                                       in_body<A>([](A& a) {
                                           a.endpoint = Endpoint{{}, 1};
                                       }),
                                   });
    A reachable = said;
    reachable.endpoint = Endpoint{{1, 2, 3}, 4};
    this->expect_all_noticed(reachable, {
                                            in_body<A>([](A& a) { a.endpoint->port = 5; }),
                                            in_body<A>([](A& a) { a.endpoint->address[15] = 1; }),
                                            in_body<A>([](A& a) { a.endpoint.reset(); }),
                                        });
}

TYPED_TEST(SimulatedCrypto, NoticesEveryChangeOfAHolding) {
    using H = Holding;
    this->expect_all_noticed(H{{}, {7}, Custody::keeper},
                             {
                                 in_body<H>([](H& h) { h.object.bytes[0] = 1; }),
                                 in_body<H>([](H& h) { h.object.bytes[31] = 1; }),
                                 in_body<H>([](H& h) { h.size = {8}; }),
                                 in_body<H>([](H& h) { h.custody = Custody::released; }),
                             });
}

TYPED_TEST(SimulatedCrypto, NoticesEveryChangeOfANotice) {
    using N = Notice;
    this->expect_all_noticed(N{{9}, words({1, 2, 3, 4, 5, 6, 7, 8, 9})},
                             {
                                 in_body<N>([](N& n) { n.size = {8}; }),
                                 in_body<N>([](N& n) { n.text = nullptr; }),
                                 in_body<N>([](N& n) {
                                     n.text = words({1, 2, 3, 4, 5, 6, 7, 8, 8});
                                 }),
                                 in_body<N>([](N& n) {
                                     n.text = words({2, 2, 3, 4, 5, 6, 7, 8, 9});
                                 }),
                                 in_body<N>([](N& n) {
                                     n.text = words({1, 2, 3, 4, 5, 6, 7, 8, 9, 0});
                                 }),
                             });
    this->expect_all_noticed(N{{900}, nullptr}, {in_body<N>([](N& n) { n.size = {901}; })});
}

TYPED_TEST(SimulatedCrypto, NoticesEveryBitOfTheSignature) {
    const Statement said{{{3}, 4}, base::Instant::of_ns(5), Holding{}};
    const Signature signature = this->crypto.sign(said);
    for (std::size_t bit = 0; bit < 512; ++bit) {
        Signature changed = signature;
        changed.bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        EXPECT_FALSE(this->crypto.verify(said, changed)) << bit;
    }
}

TYPED_TEST(SimulatedCrypto, RefusesATruncatedSignatureAndNone) {
    const Statement said{{{3}, 4}, base::Instant::of_ns(5), Holding{}};
    for (const std::size_t kept : {0U, 1U, 7U}) {
        Signature cut = this->crypto.sign(said);
        std::fill(cut.bytes.begin() + static_cast<std::ptrdiff_t>(kept), cut.bytes.end(), std::uint8_t{0});
        EXPECT_FALSE(this->crypto.verify(said, cut)) << kept;
    }
}

TYPED_TEST(SimulatedCrypto, RefusesWhatAnotherSaid) {
    const Statement mine{{{3}, 4}, base::Instant::of_ns(5), Holding{}};
    Statement theirs = mine;
    theirs.id.origin = {4};
    EXPECT_FALSE(this->crypto.verify(mine, this->crypto.sign(theirs)));
    EXPECT_FALSE(this->crypto.verify(mine, TypeParam::make(this->seed + 1).sign(mine)));
    Statement nobodys = mine;
    nobodys.id.origin = PeerId{boards};
    EXPECT_FALSE(this->crypto.verify(nobodys, this->crypto.sign(mine)));
    EXPECT_FALSE(this->crypto.verify({{PeerId::none(), 4}, {}, Holding{}}, this->crypto.sign(mine)));
}

TYPED_TEST(SimulatedCrypto, BelievesWhatWasSignedByAnotherOfItsKind) {
    const auto another = TypeParam::make(this->seed);
    for (const Body& body : {Body{Announcement{}}, Body{Holding{}}, Body{Notice{{2}, words({1, 2})}}}) {
        const Statement said{{{15}, 4}, base::Instant::of_ns(5), body};
        EXPECT_TRUE(this->crypto.verify(said, another.sign(said))) << body.index();
    }
}

TYPED_TEST(SimulatedCrypto, SignsHoursAsTheWireCarriesThem) {
    Announcement said;
    said.hours = {base::seconds(3) + base::milliseconds(400), base::hours(1)};
    const Signature signature = this->crypto.sign({{{0}, 1}, {}, said});
    said.hours.start = base::seconds(3);
    EXPECT_TRUE(this->crypto.verify({{{0}, 1}, {}, said}, signature));
}

TYPED_TEST(SimulatedCrypto, NamesWhatAnAuthorMade) {
    const Put made = this->put({2}, base::mib(1) + base::Bytes{77});
    EXPECT_TRUE(this->crypto.names(*made.manifest));
    for (const Chunk& chunk : *made.chunks) EXPECT_TRUE(this->crypto.names(chunk));
}

TYPED_TEST(SimulatedCrypto, NoticesEveryChangeOfAManifest) {
    const Put one = this->put({2}, base::mib(1));
    const Put other = this->put({2}, base::mib(1));
    const std::vector<std::function<void(Manifest&)>> changes{
        [](Manifest& m) { m.size += base::Bytes{1}; },
        [](Manifest& m) { m.object.bytes[31] ^= 1; },
        [&](Manifest& m) { m.object = other.manifest->object; },
        [](Manifest& m) { m.chunks[31].bytes[0] ^= 1; },
        [](Manifest& m) { std::swap(m.chunks[0], m.chunks[1]); },
        [&](Manifest& m) { m.chunks[5] = other.manifest->chunks[5]; },
        [](Manifest& m) { m.chunks.pop_back(); },
        [](Manifest& m) { m.chunks.push_back(m.chunks.back()); },
    };
    for (std::size_t i = 0; i < changes.size(); ++i) {
        Manifest changed = *one.manifest;
        changes[i](changed);
        EXPECT_FALSE(this->crypto.names(changed)) << "change " << i;
    }
}

TYPED_TEST(SimulatedCrypto, DoesNotBelieveAnAuthorWhoNamesAnObjectWrongly) {
    Put forged = sim::phantom_put({this->seed, {2}, 99}, base::mib(1));
    auto manifest = std::make_shared<Manifest>(*forged.manifest);
    manifest->object.bytes[0] ^= 1;
    forged.manifest = manifest;
    this->crypto.create(forged);
    EXPECT_FALSE(this->crypto.names(*manifest));
}

TYPED_TEST(SimulatedCrypto, HashesRealBytes) {
    const auto content = words({1, 2, 3});
    const base::Digest name = crypto::blake2b_256(*content);
    EXPECT_TRUE(this->crypto.names(Chunk{name, {3}, content}));
    EXPECT_FALSE(this->crypto.names(Chunk{name, {4}, content}));
    EXPECT_FALSE(this->crypto.names(Chunk{name, {3}, words({1, 2, 4})}));
    const Put phantoms = this->put({2}, {3});
    EXPECT_FALSE(this->crypto.names(Chunk{phantoms.manifest->chunks[0], {3}, content}));

    Manifest manifest{{}, {3}, {name}};
    EXPECT_FALSE(this->crypto.names(manifest));
    manifest.object = crypto::manifest_name(manifest);
    EXPECT_TRUE(this->crypto.names(manifest));
    manifest.size = {2};
    EXPECT_FALSE(this->crypto.names(manifest));
}

TYPED_TEST(SimulatedCrypto, MetersTheWorkOnce) {
    const Put made = this->put({2}, {1000});
    const Statement said{{{0}, 1}, {}, Holding{}};
    const Signature signature = this->crypto.sign(said);
    EXPECT_TRUE(this->crypto.verify(said, signature));
    EXPECT_FALSE(this->crypto.verify(said, {}));
    EXPECT_TRUE(this->crypto.names(made.chunks->front()));
    EXPECT_TRUE(this->crypto.names(*made.manifest));
    const crypto::Work work = this->crypto.take_work();
    EXPECT_EQ(work.signatures, 1U);
    EXPECT_EQ(work.verifications, 2U);
    EXPECT_EQ(work.hashed.count, 1000 + 8 + 2 + 32);  // the chunk; size, count and one name
    const crypto::Work rest = this->crypto.take_work();
    EXPECT_EQ(rest.signatures + rest.verifications, 0U);
    EXPECT_EQ(rest.hashed.count, 0);
}

TYPED_TEST(SimulatedCrypto, RanksMembersByTheirSimulatedKeys) {
    EXPECT_EQ(this->crypto.key_prefix({4}), crypto::simulated_key(this->seed, {4}).prefix());
    EXPECT_NE(this->crypto.key_prefix({4}), this->crypto.key_prefix({5}));
}

// --- where real crypto is stricter -------------------------------------------------------------

TEST(RealCrypto, KnowsOnlyWhatAnAuthorMade) {
    sim::RealCrypto crypto(11, boards);
    const Put made = sim::phantom_put({11, {2}, 1}, base::mib(1));
    EXPECT_FALSE(crypto.names(made.chunks->front()));
    EXPECT_FALSE(crypto.names(*made.manifest));
    crypto.create(made);
    Chunk chunk = made.chunks->front();
    EXPECT_TRUE(crypto.names(chunk));
    for (const std::int64_t size : {-1L, 0L, 32'767L, 32'769L, 1L << 50}) {
        chunk.size = {size};
        EXPECT_FALSE(crypto.names(chunk)) << size;
    }
}

TEST(RealCrypto, WritesDownOnceWhatANameStandsFor) {
    sim::RealCrypto crypto(11, boards);
    const Put made = sim::phantom_put({11, {2}, 1}, base::mib(1));
    crypto.create(made);
    Put again = made;
    auto smaller = std::make_shared<std::vector<Chunk>>(*made.chunks);
    smaller->front().size = {5};
    again.chunks = smaller;
    crypto.create(again);
    EXPECT_TRUE(crypto.names(made.chunks->front()));
    EXPECT_FALSE(crypto.names(smaller->front()));
}

TEST(RealCrypto, SignsAsABoardWithThatKeyDoes) {
    const sim::RealCrypto crypto(11, boards);
    const crypto::SigningKey pair = crypto::simulated_signing_key(11, {3});
    const sim::KeyRing book(11, boards);
    const wire::SodiumCrypto board(pair, book);
    const Statement said{{{3}, 4}, base::Instant::of_ns(5), Notice{{2}, words({1, 2})}};
    EXPECT_EQ(crypto.sign(said), board.sign(said));
    EXPECT_TRUE(board.verify(said, crypto.sign(said)));
}

}  // namespace
}  // namespace coop
