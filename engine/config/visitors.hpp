// Visitors: one description of a struct's keys serves reading, writing and listing.
//
//     template <class V> void visit(V& v, Members& m, const Context& c) {
//         v.field("count", m.count, Whole<std::uint32_t>{1, 1'000'000}, "…where the default comes from…");
//     }
//
// `Keys` learns which keys there are, `Reader` fills the struct with every check, `Writer` states it in full.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/codec.hpp"
#include "engine/config/document.hpp"
#include "engine/config/hardware.hpp"

namespace coop::config {

/// Which keys a file or an override gave, and where.
using Origins = std::map<std::string, Spot>;
enum class Need : std::uint8_t { optional, required };
using Keylist = std::initializer_list<std::string_view>;

/// What names stand for while a file is read.
struct Context {
    Names profiles;
    Names lines;
    Names regions;
    const std::vector<LoadedRegion>* known_regions = nullptr;
    const Scenario* scenario = nullptr;  ///< as far as it has been read
};

class Keys {
  public:
    static constexpr bool reads = false;
    template <class T, class C>
    void field(std::string_view key, T&, const C&, std::string_view = {}, Need = Need::optional) {
        names.emplace_back(key);
    }
    template <class T>
    void section(std::string_view key, T&, const Context&, Need = Need::optional) {
        names.emplace_back(key);
    }
    template <class T>
    void sections(std::string_view key, std::vector<T>&, const T&, const Context&) {
        names.emplace_back(key);
    }
    void exactly_one(Keylist) {}
    void require(bool, Keylist, const std::string&) {}
    void forbid(std::string_view key, const std::string&) { names.emplace_back(key); }

    Names names;
};

template <class T>
void read_table(const Value& table, std::string_view label, const std::string& path, T& target,
                const Context& context, Origins& origins);

class Reader {
  public:
    static constexpr bool reads = true;
    Reader(const Value& table, std::string_view label, std::string path, Origins& origins)
        : table_(table), label_(label), path_(std::move(path)), origins_(origins) {}

    template <class T, class C>
    void field(std::string_view key, T& target, const C& codec, std::string_view = {},
               Need need = Need::optional) {
        const Entry* entry = find(key, need);
        if (entry == nullptr) return;
        target = codec.read(entry->value, key);
        origins_[path_ + std::string(key)] = entry->value.spot;
    }
    template <class T>
    void section(std::string_view key, T& target, const Context& context, Need need = Need::optional) {
        const Entry* entry = find(key, need);
        if (entry == nullptr) return;
        const std::string name(key);
        if (entry->value.type != Type::table) {
            fail_at(entry->spot, name + " is a table, not " + std::string(to_text(entry->value.type)),
                    "write [" + name + "] on a line of its own");
        }
        read_table(entry->value, "[" + name + "]", path_ + name + ".", target, context, origins_);
    }
    template <class T>
    void sections(std::string_view key, std::vector<T>& targets, const T& fresh, const Context& context) {
        const Entry* entry = find(key, Need::optional);
        if (entry == nullptr) return;
        const std::string name(key);
        const std::string advice = "write [[" + name + "]] on a line of its own, once for each";
        if (entry->value.type != Type::array) {
            fail_at(entry->spot,
                    name + " is a list of tables, not " + std::string(to_text(entry->value.type)), advice);
        }
        for (std::size_t i = 0; i < entry->value.items.size(); ++i) {
            const Value& item = entry->value.items[i];
            if (item.type != Type::table) fail_at(item.spot, name + " is a list of tables", advice);
            targets.push_back(fresh);
            read_table(item, "[[" + name + "]]", path_ + name + "." + std::to_string(i) + ".", targets.back(),
                       context, origins_);
        }
    }

    void exactly_one(Keylist keys) {
        const Entry* first = nullptr;
        for (const std::string_view key : keys) {
            const Entry* entry = table_.find(key);
            if (entry != nullptr && first != nullptr) {
                fail_at(entry->spot, entry->key + " and " + first->key + " exclude each other", listed(keys));
            }
            if (entry != nullptr) first = entry;
        }
        if (first == nullptr) fail_at(table_.spot, label_ + " needs one of these keys", listed(keys));
    }
    /// What holds between keys; when it does not, the message points at the first of them that the file has.
    void require(bool holds, Keylist keys, const std::string& message) {
        if (holds) return;
        for (const std::string_view key : keys) {
            if (const Entry* entry = table_.find(key)) fail_at(entry->value.spot, message);
        }
        fail_at(table_.spot, message);
    }
    void forbid(std::string_view key, const std::string& message) {
        if (const Entry* entry = table_.find(key)) fail_at(entry->spot, message);
    }

  private:
    const Entry* find(std::string_view key, Need need) const {
        const Entry* entry = table_.find(key);
        if (entry == nullptr && need == Need::required) {
            fail_at(table_.spot, label_ + " needs the key " + std::string(key));
        }
        return entry;
    }
    static std::string listed(Keylist keys) {
        std::string text;
        for (const std::string_view key : keys)
            text += (text.empty() ? "exactly one of: " : ", ") + std::string(key);
        return text;
    }

    const Value& table_;
    std::string label_;
    std::string path_;
    Origins& origins_;
};

template <class T>
void read_table(const Value& table, std::string_view label, const std::string& path, T& target,
                const Context& context, Origins& origins) {
    Keys keys;
    T probe = target;
    visit(keys, probe, context);
    for (const Entry& entry : table.entries) {
        if (std::find(keys.names.begin(), keys.names.end(), entry.key) != keys.names.end()) continue;
        fail_at(entry.spot, "unknown key \"" + entry.key + "\" in " + std::string(label),
                advise(entry.key, keys.names));
    }
    Reader reader(table, label, path, origins);
    visit(reader, target, context);
}

/// "file:12", or "<--set>" for an override.
inline std::string origin_of(const Spot& spot) {
    if (!spot.source) return "";
    return spot.source->file == "<--set>" ? spot.source->file
                                          : spot.source->file + ":" + std::to_string(spot.line);
}

class Writer {
  public:
    static constexpr bool reads = false;
    explicit Writer(const Origins& origins) : origins_(origins) {}

    template <class T, class C>
    void field(std::string_view key, T& value, const C& codec, std::string_view origin = {},
               Need = Need::optional) {
        const Text made = codec.print(value);
        if (!made.present) return;
        const std::string from = origin_for(key, origin);
        std::string line = std::string(key) + " = " + made.toml();
        if (line.size() < 32) line.resize(32, ' ');
        text += line + "  # " + from + "\n";
        list(path_ + std::string(key), value, codec, from);
    }
    template <class T>
    void section(std::string_view key, T& value, const Context& context, Need = Need::optional) {
        open("[" + std::string(key) + "]", std::string(key) + ".");
        visit(*this, value, context);
        path_.clear();
    }
    template <class T>
    void sections(std::string_view key, std::vector<T>& values, const T&, const Context& context) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            open("[[" + std::string(key) + "]]", std::string(key) + "." + std::to_string(i) + ".");
            visit(*this, values[i], context);
            path_.clear();
        }
    }
    void exactly_one(Keylist) {}
    void require(bool, Keylist, const std::string&) {}
    void forbid(std::string_view, const std::string&) {}

    std::string text;
    std::vector<Parameter> parameters;

  private:
    template <class T, class C>
    void list(const std::string& key, const T& value, const C& codec, const std::string& from) {
        const Text made = codec.print(value);
        parameters.push_back({key, made.text, made.unit, from});
    }
    void list(const std::string& key, const PolicyChoice& choice, const PolicyIn& codec,
              const std::string& from) {
        parameters.push_back({key + ".name", choice.name, "", from});
        for (std::size_t i = 0; i < choice.values.size(); ++i) {
            const Text made = codec.print(choice, i);
            parameters.push_back({key + "." + choice.values[i].first, made.text, made.unit, from});
        }
    }
    void open(const std::string& header, std::string path) {
        text += "\n" + header + "\n";
        path_ = std::move(path);
    }
    std::string origin_for(std::string_view key, std::string_view origin) const {
        const auto at = origins_.find(path_ + std::string(key));
        if (at != origins_.end()) return origin_of(at->second);
        return origin.empty() ? "default" : "default: " + std::string(origin);
    }

    const Origins& origins_;
    std::string path_;
};

}  // namespace coop::config
