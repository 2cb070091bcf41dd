// What a board does all day, one at a time: greeting a peer, encoding and decoding, making things durable.
#include <filesystem>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>
#include <stdlib.h>

#include "engine/crypto/phantom.hpp"
#include "engine/crypto/sodium.hpp"
#include "engine/protocol/message_size.hpp"
#include "engine/storage/sqlite_store.hpp"
#include "engine/wire/codec.hpp"
#include "engine/wire/frame.hpp"
#include "engine/wire/greeting.hpp"
#include "engine/wire/phantom_book.hpp"

namespace coop {
namespace {

using protocol::PeerId;

crypto::Identity identity(std::uint8_t number) {
    crypto::Secret32 seed;
    seed.fill()[0] = number;
    return crypto::Identity::from_seed(seed);
}

/// The body of the one frame in these bytes.
wire::BytesView body(const wire::BytesOut& frame) {
    return {frame.data() + wire::frame_header_size, frame.size() - wire::frame_header_size};
}

void handshake(benchmark::State& state) {
    crypto::init();
    const crypto::Identity alice = identity(1);
    const crypto::Identity bob = identity(2);
    for (auto _ : state) {
        wire::Greeting dialling(wire::Role::initiator, alice, "bench");
        wire::Greeting answering(wire::Role::responder, bob, "bench");
        wire::Greeting* speaker = &dialling;
        wire::Greeting* listener = &answering;
        while (!answering.finished()) {
            wire::BytesOut frame;
            if (speaker->write(frame) || listener->read(body(frame)))
                return state.SkipWithError("greeting failed");
            std::swap(speaker, listener);
        }
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(handshake)->Name("noise/handshake_both_ends")->Unit(benchmark::kMicrosecond);

protocol::Message chunk_message() {
    const auto bytes =
        std::make_shared<const protocol::Content>(protocol::chunk_size_max.count, std::uint8_t{7});
    return protocol::ChunkReply{{}, 3, {{}, protocol::chunk_size_max, bytes}};
}
protocol::Message notice_message() {
    protocol::Statement statement{{PeerId{1}, 9}, base::Instant::zero() + base::days(3), {}};
    statement.body =
        protocol::Notice{base::kib(1), std::make_shared<const protocol::Content>(1024, std::uint8_t{7})};
    return protocol::Gossip{protocol::share(protocol::Signed{statement, {}}), 4};
}

void encode(benchmark::State& state, const protocol::Message& message) {
    const wire::PhantomBook book(1, 4);
    wire::BytesOut out;
    for (auto _ : state) {
        out.clear();
        wire::encode(message, book, out);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
void decode(benchmark::State& state, const protocol::Message& message) {
    wire::PhantomBook book(1, 4);
    wire::BytesOut out;
    wire::encode(message, book, out);
    for (auto _ : state) {
        auto decoded = wire::decode(out, book);
        if (!decoded) return state.SkipWithError("not decoded");
        benchmark::DoNotOptimize(decoded);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
BENCHMARK_CAPTURE(encode, chunk, chunk_message())->Name("codec/encode_chunk");
BENCHMARK_CAPTURE(decode, chunk, chunk_message())->Name("codec/decode_chunk");
BENCHMARK_CAPTURE(encode, notice, notice_message())->Name("codec/encode_notice");
BENCHMARK_CAPTURE(decode, notice, notice_message())->Name("codec/decode_notice");

/// One chunk of 32 KiB a commit, each with its fsync: what a board does while it fetches.
void store_put(benchmark::State& state) {
    std::string pattern = (std::filesystem::temp_directory_path() / "coop_bench_XXXXXX").string();
    const std::filesystem::path folder = mkdtemp(pattern.data());
    {
        auto opened = storage::SqliteStore::open((folder / "store.db").string());
        if (!opened) return state.SkipWithError(opened.error().message.c_str());
        const auto bytes =
            std::make_shared<const protocol::Content>(protocol::chunk_size_max.count, std::uint8_t{7});
        std::uint64_t number = 0;
        for (auto _ : state) {
            const base::Digest name = crypto::simulated_chunk_name({1, PeerId{0}, number++}, 0);
            const auto done = opened.value()->commit({storage::PutChunk{name, 0, name, bytes}});
            if (!done) return state.SkipWithError(done.error().message.c_str());
        }
    }
    state.SetItemsProcessed(state.iterations());
    std::filesystem::remove_all(folder);
}
BENCHMARK(store_put)->Name("store/put_chunk_durable")->Unit(benchmark::kMillisecond)->Iterations(300);

}  // namespace
}  // namespace coop
