// The events that SCHEMA.md promises, read from its table, and whether a run keeps the promise.
#pragma once

#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/results/reader.hpp"
#include "tests/scratch.hpp"

namespace coop::app::test {

struct EventKind {
    std::set<std::string> always;
    std::set<std::string> sometimes;
};

/// What stands between backticks.
inline std::vector<std::string> quoted(const std::string& text) {
    std::vector<std::string> words;
    std::istringstream pieces(text);
    bool inside = false;
    for (std::string piece; std::getline(pieces, piece, '`'); inside = !inside) {
        if (inside) words.push_back(piece);
    }
    return words;
}

inline std::string schema() { return coop::test::read_file(COOP_SOURCE_DIR "/engine/results/SCHEMA.md"); }

inline std::map<std::string, EventKind> documented_events() {
    std::map<std::string, EventKind> kinds;
    std::istringstream lines(schema());
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("## ")) inside = line == "## Events";
        if (!inside || !line.starts_with("| `")) continue;
        const std::size_t second = line.find('|', 1);
        const std::string fields = line.substr(second + 1, line.find('|', second + 1) - second - 1);
        EventKind& kind = kinds[quoted(line.substr(0, second)).at(0)];
        for (std::string field : quoted(fields)) {
            const bool maybe = field.ends_with('?');
            if (maybe) field.pop_back();
            (maybe ? kind.sometimes : kind.always).insert(field);
        }
    }
    return kinds;
}

/// The kinds that this run wrote; each one and each field of each is as documented.
inline std::set<std::string> expect_documented_events(const results::Reader& reader) {
    const auto kinds = documented_events();
    std::set<std::string> seen;
    for (const results::Event& event : reader.events().value()) {
        seen.insert(event.kind);
        const auto kind = kinds.find(event.kind);
        if (kind == kinds.end()) {
            ADD_FAILURE() << event.kind << " is not in SCHEMA.md";
            break;
        }
        const auto data = nlohmann::json::parse(event.json);
        for (const auto& [field, value] : data.items()) {
            EXPECT_TRUE(kind->second.always.contains(field) || kind->second.sometimes.contains(field))
                << event.kind << " has " << field << ", which is not in SCHEMA.md";
        }
        for (const std::string& field : kind->second.always) {
            EXPECT_TRUE(data.contains(field)) << event.kind << " lacks " << field << ": " << event.json;
        }
        if (testing::Test::HasFailure()) break;
    }
    return seen;
}

}  // namespace coop::app::test
