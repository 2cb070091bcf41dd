#include "engine/config/document.hpp"

// toml++ 3.3 asserts that a table header begins with a key, which "[=" does not, and with NDEBUG it even lets
// the compiler count on it. Without its assertions it goes on to a proper error of its own.
#undef NDEBUG
#define TOML_ASSERT(expr) static_assert(true)
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <toml++/toml.h>

namespace coop::config {

namespace {

constexpr std::size_t file_size_max =
    1 << 20;  // far above any scenario; a wrong file should not fill the memory
constexpr const char* override_file = "<--set>";

using SourceRef = std::shared_ptr<const Source>;

SourceRef make_source(const std::string& text, const std::string& file) {
    auto source = std::make_shared<Source>();
    source->file = file;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        source->lines.push_back(line);
    }
    return source;
}

Spot spot_of(const toml::source_region& region, const SourceRef& source) {
    Spot spot{source, region.begin.line, region.begin.column, 1};
    if (region.end.line == region.begin.line && region.end.column > region.begin.column) {
        spot.length = region.end.column - region.begin.column;
    }
    return spot;
}

std::string two_digits(unsigned value) { return (value < 10 ? "0" : "") + std::to_string(value); }

/// Days since 1970-01-01 of a date in the Gregorian calendar, counting years from March.
std::int64_t days_since_1970(const toml::date& date) {
    const std::int64_t year = std::int64_t{date.year} - (date.month <= 2 ? 1 : 0);
    const std::int64_t month = (std::int64_t{date.month} + 9) % 12;
    const std::int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    return year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719'468;
}

std::int64_t unix_ns(const toml::date_time& moment) {
    const std::int64_t offset = moment.offset ? moment.offset->minutes : 0;
    const std::int64_t minute = std::int64_t{moment.time.hour} * 60 + moment.time.minute - offset;
    const std::int64_t second = (days_since_1970(moment.date) * 1440 + minute) * 60 + moment.time.second;
    return second * 1'000'000'000 + moment.time.nanosecond;
}

Value convert(const toml::node& node, const SourceRef& source);

void fill_table(Value& value, const toml::table& table, const SourceRef& source) {
    value.type = Type::table;
    for (const auto& [key, child] : table) {
        value.entries.push_back(
            {std::string(key.str()), spot_of(key.source(), source), convert(child, source)});
    }
    std::stable_sort(value.entries.begin(), value.entries.end(), [](const Entry& a, const Entry& b) {
        return std::pair(a.spot.line, a.spot.column) < std::pair(b.spot.line, b.spot.column);
    });
}

void fill_moment(Value& value, const toml::node& node) {
    if (const auto* time = node.as_time()) {
        value.type = Type::time;
        const toml::time& at = time->get();
        value.text = two_digits(at.hour) + ":" + two_digits(at.minute) + ":" + two_digits(at.second);
    } else if (const auto* moment = node.as_date_time()) {
        value.type = Type::date_time;
        // The years in which nanoseconds fit 64 bits.
        const auto year = moment->get().date.year;
        if (year < 1700 || year > 2200)
            fail_at(value.spot, "a date must lie between the years 1700 and 2200");
        value.integer = unix_ns(moment->get());
    } else {
        value.type = Type::date_time;
        fail_at(value.spot, "a date needs a time of day", "for example 2026-05-01T00:00:00Z");
    }
}

Value convert(const toml::node& node, const SourceRef& source) {
    Value value;
    value.spot = spot_of(node.source(), source);
    if (const auto* table = node.as_table()) {
        fill_table(value, *table, source);
    } else if (const auto* array = node.as_array()) {
        value.type = Type::array;
        for (const toml::node& item : *array) value.items.push_back(convert(item, source));
    } else if (const auto* string = node.as_string()) {
        value.type = Type::string;
        value.text = string->get();
    } else if (const auto* integer = node.as_integer()) {
        value.type = Type::integer;
        value.integer = integer->get();
    } else if (const auto* real = node.as_floating_point()) {
        value.type = Type::real;
        value.real = real->get();
    } else if (const auto* boolean = node.as_boolean()) {
        value.type = Type::boolean;
        value.boolean = boolean->get();
    } else {
        fill_moment(value, node);
    }
    return value;
}

Value parse_with(const std::string& text, const SourceRef& source) {
    try {
        const toml::table table = toml::parse(std::string_view(text), std::string_view(source->file));
        Value value;
        value.spot = {source, 1, 1, 0};
        fill_table(value, table, source);
        return value;
    } catch (const toml::parse_error& error) {
        std::string said(error.description());
        if (!said.empty()) said[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(said[0])));
        fail_at(spot_of(error.source(), source), "not TOML: " + said);
    }
}

bool is_index(std::string_view key) {
    return !key.empty() && key.size() <= 6 &&
           std::all_of(key.begin(), key.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

void merge(Value& base, const Value& change);

void merge_elements(Value& base, const Value& change) {
    for (const Entry& entry : change.entries) {
        const std::size_t index = is_index(entry.key) ? std::stoul(entry.key) : base.items.size();
        if (index >= base.items.size()) {
            fail_at(
                entry.spot, "there is no element \"" + entry.key + "\" here",
                "known: " + (base.items.empty() ? "none" : "0 to " + std::to_string(base.items.size() - 1)));
        }
        merge(base.items[index], entry.value);
    }
}

void merge(Value& base, const Value& change) {
    if (change.type != Type::table || (base.type != Type::table && base.type != Type::array)) {
        base = change;
        return;
    }
    if (base.type == Type::array) return merge_elements(base, change);
    for (const Entry& entry : change.entries) {
        const auto at = std::find_if(base.entries.begin(), base.entries.end(),
                                     [&](const Entry& known) { return known.key == entry.key; });
        if (at == base.entries.end()) {
            base.entries.push_back(entry);
        } else {
            merge(at->value, entry.value);
        }
    }
}

/// The innermost value of a chain of one-entry tables.
Value& innermost(Value& value) {
    Value* at = &value;
    while (at->type == Type::table && at->entries.size() == 1) at = &at->entries[0].value;
    return *at;
}

}  // namespace

void fail_at(const Spot& spot, std::string message, std::string advice) {
    Diagnostic said;
    said.file = spot.source ? spot.source->file : "";
    said.line = std::max<std::uint32_t>(spot.line, 1);
    said.column = std::max<std::uint32_t>(spot.column, 1);
    said.message = std::move(message);
    said.length = spot.length;
    said.advice = std::move(advice);
    const bool shown = spot.source && spot.length > 0 && said.line <= spot.source->lines.size();
    if (shown) said.source = spot.source->lines[said.line - 1];
    throw said;
}

std::string_view to_text(Type type) noexcept {
    switch (type) {
        case Type::string:
            return "a string";
        case Type::integer:
            return "a whole number";
        case Type::real:
            return "a number";
        case Type::boolean:
            return "true or false";
        case Type::time:
            return "a time of day";
        case Type::date_time:
            return "a date and time";
        case Type::array:
            return "a list";
        case Type::table:
            return "a table";
    }
    return "a value";
}

const Entry* Value::find(std::string_view key) const {
    const auto at =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; });
    return at == entries.end() ? nullptr : &*at;
}

std::string quote(std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string made = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            made += '\\';
            made += c;
        } else if (byte < 0x20 || byte == 0x7f) {
            made += "\\u00";
            made += digits[byte >> 4];
            made += digits[byte & 15];
        } else {
            made += c;
        }
    }
    return made + "\"";
}

std::string read_text(const std::string& path) {
    const Spot nowhere{std::make_shared<Source>(Source{path, {}}), 1, 1, 1};
    std::error_code folder;
    if (std::filesystem::is_directory(path, folder)) fail_at(nowhere, "cannot be read: Is a directory");
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) fail_at(nowhere, "cannot be read: " + std::string(std::strerror(errno == 0 ? EIO : errno)));
    std::string text(file_size_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    if (text.size() > file_size_max) fail_at(nowhere, "is larger than 1 MiB, so it is not one of ours");
    return text;
}

Value parse(const std::string& text, const std::string& file) {
    return parse_with(text, make_source(text, file));
}

void apply_override(Value& root, const std::string& text) {
    const SourceRef source = make_source(text, override_file);
    const Spot whole{source, 1, 1, static_cast<std::uint32_t>(std::max<std::size_t>(text.size(), 1))};
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || text.find('\n') != std::string::npos) {
        fail_at(whole, "an override is key=value", "for example members.count=60");
    }
    Value change;
    try {
        change = parse_with(text, source);
    } catch (const Diagnostic&) {
        change = parse_with(text.substr(0, equals + 1) + quote(text.substr(equals + 1)), source);
        innermost(change).spot.length =
            static_cast<std::uint32_t>(std::max<std::size_t>(text.size() - equals, 2)) - 1;
    }
    merge(root, change);
}

}  // namespace coop::config
