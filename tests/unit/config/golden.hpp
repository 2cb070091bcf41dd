// A golden file is a list of cases, each a wrong file and exactly what is said about it:
//
//     === NameOfTheCase
//     the wrong TOML …
//     --- set members.count=many        (any number of overrides)
//     --- says
//     the message, to the last character
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace coop::config {

struct BadFile {
    std::string name;
    std::string text;
    std::vector<std::string> overrides;
    std::string says;
};

inline std::string folder() { return std::string(COOP_SOURCE_DIR) + "/tests/unit/config/"; }
inline std::string test_hardware() { return folder() + "hardware"; }

inline std::vector<BadFile> read_golden(const std::string& file) {
    std::vector<BadFile> cases;
    std::ifstream in(folder() + file);
    EXPECT_TRUE(in.good()) << file;
    bool says = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("=== ")) {
            cases.push_back({line.substr(4), "", {}, ""});
            says = false;
        } else if (line.starts_with("--- set ")) {
            cases.back().overrides.push_back(line.substr(8));
        } else if (line == "--- says") {
            says = true;
        } else if (!cases.empty()) {
            (says ? cases.back().says : cases.back().text) += line + "\n";
        }
    }
    for (BadFile& one : cases) {
        while (one.says.ends_with("\n")) one.says.pop_back();
    }
    return cases;
}

}  // namespace coop::config
