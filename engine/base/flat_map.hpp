// FlatMap<K, V>: a sorted array. Ordered iteration, no allocation per entry, no addresses in the order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>

#include "engine/base/slim_vector.hpp"

namespace coop::base {

template <class K, class V>
class FlatMap {
  public:
    using Entry = std::pair<K, V>;

    auto begin() { return entries_.begin(); }
    auto end() { return entries_.end(); }
    auto begin() const { return entries_.begin(); }
    auto end() const { return entries_.end(); }
    std::size_t size() const { return entries_.size(); }
    bool empty() const { return entries_.empty(); }
    void clear() { entries_.clear(); }

    V* find(const K& key) {
        const auto at = lower(key);
        return at != entries_.end() && at->first == key ? &at->second : nullptr;
    }
    const V* find(const K& key) const { return const_cast<FlatMap*>(this)->find(key); }
    bool contains(const K& key) const { return find(key) != nullptr; }

    /// The entry for this key, made with V{} when there was none.
    V& operator[](const K& key) {
        const auto at = lower(key);
        if (at != entries_.end() && at->first == key) return at->second;
        return entries_.insert(at, Entry(key, V{}))->second;
    }
    bool erase(const K& key) {
        const auto at = lower(key);
        if (at == entries_.end() || !(at->first == key)) return false;
        entries_.erase(at);
        return true;
    }
    template <class Claim>
    std::size_t erase_if(Claim claim) {
        return base::erase_if(entries_, [&](Entry& e) { return claim(e.first, e.second); });
    }

  private:
    auto lower(const K& key) {
        return std::lower_bound(entries_.begin(), entries_.end(), key,
                                [](const Entry& e, const K& k) { return e.first < k; });
    }
    SlimVector<Entry> entries_;
};

}  // namespace coop::base
