// Blocks: small arrays of T from a pool. What a burst needed is given back.
//
//     slab 0 [block 0 … block 63]   slab 1 [ … ]   slab 2 (given back)
//
// Law: no allocation while as many are taken as were given back; of the slabs that are empty, one in four of
// those in use is kept, and one at least.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/assert.hpp"
#include "engine/base/fetch.hpp"

namespace coop::sim {

template <class T, std::uint32_t Length>
class Blocks {
  public:
    static constexpr std::uint32_t length = Length;
    struct Block {
        T items[Length];
        Block* next;         ///< of the same list; or the next free one
        std::uint32_t slab;  ///< that it belongs to

        /// Into the cache, all of it: lists lie scattered, and what is read next is known.
        void fetch() const { base::fetch(this, sizeof(Block)); }
    };

    /// What it holds is from its former use.
    Block& take() {
        const std::uint32_t number = first_with_room();
        Slab& slab = slabs_[number];
        Block& block = *slab.free;
        slab.free = block.next;
        if (slab.taken++ == 0) --empty_;
        if (slab.taken == per_slab) set_room(number, false);
        return block;
    }
    void give_back(Block& block) {
        const std::uint32_t number = block.slab;
        Slab& slab = slabs_[number];
        set_room(number, true);
        block.next = slab.free;
        slab.free = &block;
        if (--slab.taken > 0) return;
        ++empty_;
        const std::size_t spare = std::max<std::size_t>(1, (with_storage_ - empty_) / 4);
        if (empty_ > spare) drop_slab(number);
        for (auto last = static_cast<std::uint32_t>(slabs_.size()); empty_ > spare;)
            if (slabs_[--last].blocks && slabs_[last].taken == 0) drop_slab(last);
    }
    std::size_t bytes() const { return with_storage_ * per_slab * sizeof(Block); }

  private:
    static constexpr std::uint32_t per_slab = 64;
    struct Slab {
        std::unique_ptr<Block[]> blocks;
        Block* free = nullptr;  // the first of its free blocks
        std::uint32_t taken = 0;
    };

    void set_room(std::uint32_t number, bool room) {
        const std::uint64_t bit = std::uint64_t{1} << (number % 64);
        std::uint64_t& word = room_[number / 64];
        word = room ? word | bit : word & ~bit;
        if (room) first_word_ = std::min<std::size_t>(first_word_, number / 64);
    }
    // The lowest: so the higher ones run empty after a burst.
    std::uint32_t first_with_room() {
        while (first_word_ < room_.size() && room_[first_word_] == 0) ++first_word_;
        if (first_word_ == room_.size()) return add_slab();
        return static_cast<std::uint32_t>(first_word_ * 64) +
               static_cast<std::uint32_t>(std::countr_zero(room_[first_word_]));
    }
    std::uint32_t add_slab() {
        auto number = static_cast<std::uint32_t>(slabs_.size());
        if (vacant_.empty()) {
            slabs_.emplace_back();
            room_.resize((slabs_.size() + 63) / 64);
        } else {
            number = vacant_.back();
            vacant_.pop_back();
        }
        Slab& slab = slabs_[number];
        slab.blocks = std::make_unique_for_overwrite<Block[]>(per_slab);
        for (std::uint32_t i = 0; i < per_slab; ++i) {
            slab.blocks[i].next = i + 1 < per_slab ? &slab.blocks[i + 1] : nullptr;
            slab.blocks[i].slab = number;
        }
        slab.free = slab.blocks.get();
        set_room(number, true);
        ++with_storage_;
        ++empty_;
        return number;
    }
    void drop_slab(std::uint32_t number) {
        slabs_[number] = {};
        set_room(number, false);
        vacant_.push_back(number);
        --with_storage_;
        --empty_;
    }

    std::vector<Slab> slabs_;
    std::vector<std::uint64_t> room_;    // a bit a slab: has storage and a free block
    std::size_t first_word_ = 0;         // the words before it are all zero
    std::vector<std::uint32_t> vacant_;  // numbers without storage
    std::size_t with_storage_ = 0;
    std::size_t empty_ = 0;  // slabs with storage of which nothing is taken
};

}  // namespace coop::sim
