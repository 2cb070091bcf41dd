// Hardware: boards and lines from hw-profiles/, where every figure names its source or is called an estimate.
//
// Law: "ideal" is always there: a board and a line that cost nothing, lose nothing and never wait, for
// laboratory conditions. Every other name is a file (boards) or a table of lines.toml (lines, regions).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/config/diagnostic.hpp"
#include "engine/config/scenario.hpp"
#include "models/board/profile.hpp"
#include "models/network/line.hpp"

namespace coop::config {

/// How one figure is known: "S02 <address>", or "estimate: <derivation>".
struct Figure {
    std::string key;    ///< "power_idle"
    std::string value;  ///< "1.6"
    std::string unit;   ///< "W"
    std::string origin;
};

struct LoadedProfile {
    models::Profile profile;
    std::vector<Figure> figures;
    InputFile input;
};
/// The board in this file; its name is the file's stem.
base::Result<LoadedProfile, Diagnostic> load_profile(const std::string& path);

struct Region {
    std::string name;
    std::string title;
    base::Duration one_way_least;
    base::Duration one_way_most;
};
struct LoadedLine {
    models::Line line;
    std::vector<Figure> figures;
};
struct LoadedRegion {
    Region region;
    std::vector<Figure> figures;
};
struct LoadedLines {
    std::vector<LoadedLine> lines;      ///< ordered by name, with "ideal"
    std::vector<LoadedRegion> regions;  ///< ordered by name, with "ideal"
    InputFile input;
};
base::Result<LoadedLines, Diagnostic> load_lines(const std::string& path);

/// Zero cost, infinite rate, no power.
const models::Profile& ideal_profile();
const models::Line& ideal_line();
const Region& ideal_region();

}  // namespace coop::config
