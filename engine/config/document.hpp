// Document: a TOML file as plain values that remember where they stand. Only document.cpp knows toml++.
//
// Law: everything below throws Diagnostic; the loaders at the room's door catch it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/diagnostic.hpp"

namespace coop::config {

/// What stands for a file's name in messages about an override.
inline constexpr const char* override_file = "<--set>";

struct Source {
    std::string file;
    std::vector<std::string> lines;
};

/// A place in a source, for messages and for a parameter's origin.
struct Spot {
    std::shared_ptr<const Source> source;
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    std::uint32_t length = 1;  ///< 0: the file as a whole, so there is no line to show
};
[[noreturn]] void fail_at(const Spot& spot, std::string message, std::string advice = {});

enum class Type : std::uint8_t { string, integer, real, boolean, time, date_time, array, table };
std::string_view to_text(Type type) noexcept;  ///< "a string", "a whole number", …

struct Entry;
struct Value {
    Type type = Type::table;
    Spot spot;
    std::string text;          ///< string; time as "19:30:00"
    std::int64_t integer = 0;  ///< integer; date_time in nanoseconds since 1970-01-01T00:00:00Z
    double real = 0;
    bool boolean = false;
    std::vector<Value> items;    ///< array
    std::vector<Entry> entries;  ///< table, in the order of the file

    const Entry* find(std::string_view key) const;
};
struct Entry {
    std::string key;
    Spot spot;
    Value value;
};

/// As a TOML string, in double quotes.
std::string quote(std::string_view text);
/// A file no larger than 1 MiB, as text.
std::string read_text(const std::string& path);
/// The table that this text states.
Value parse(const std::string& text, const std::string& file);
/// "members.count=60", "fault.0.at=3d": a number in the path is an index. What is not TOML becomes a string.
void apply_override(Value& root, const std::string& text);

}  // namespace coop::config
