#include "engine/config/scenario.hpp"

#include <algorithm>
#include <filesystem>

#include "engine/base/assert.hpp"
#include "engine/config/scenario_schema.hpp"

namespace coop::config {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view ideal = "ideal";
constexpr const char* lines_file = "lines.toml";

/// hw-profiles in this folder, or in one above it, or in the working folder.
fs::path find_hardware(const std::string& scenario, const std::string& stated, const Spot& spot) {
    std::error_code error;
    if (!stated.empty()) {
        if (fs::is_directory(stated, error)) return stated;
        fail_at(spot, "there is no folder " + stated + " of board and line profiles");
    }
    fs::path folder = fs::absolute(scenario, error).parent_path();
    while (true) {
        if (fs::is_directory(folder / "hw-profiles", error))
            return fs::proximate(folder / "hw-profiles", error);
        if (!folder.has_relative_path()) break;
        folder = folder.parent_path();
    }
    if (fs::is_directory("hw-profiles", error)) return "hw-profiles";
    fail_at(spot, "there is no folder hw-profiles beside this file, above it, or here");
}

Names profile_names(const fs::path& folder) {
    Names names{std::string(ideal)};
    std::error_code error;
    for (const auto& file : fs::directory_iterator(folder, error)) {
        const fs::path& path = file.path();
        if (path.extension() == ".toml" && path.filename() != lines_file)
            names.push_back(path.stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

template <class T>
T unwrap(base::Result<T, Diagnostic> result) {
    if (!result.ok()) throw result.error();
    return std::move(result).value();
}

void list_figures(Loaded& loaded, const std::string& prefix, const std::vector<Figure>& figures) {
    for (const Figure& figure : figures) {
        loaded.parameters.push_back({prefix + figure.key, figure.value, figure.unit, figure.origin});
    }
}

Names used(const Scenario& scenario, Mix Offer::*mix) {
    Names names;
    const auto add = [&](const Offer& offer) {
        for (const Part& part : offer.*mix) names.push_back(part.name);
    };
    add(scenario.members.offer);
    for (const Group& group : scenario.groups) add(group.offer);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

/// Boards and lines that come by default are checked like those that the file names.
void require_known(const Names& names, const Names& known, const std::string& what, const Spot& spot) {
    for (const std::string& name : names) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        fail_at(spot, "unknown " + what + " \"" + name + "\", which is the default", advise(name, known));
    }
}

void add_hardware(Loaded& loaded, const fs::path& folder, const LoadedLines& lines) {
    for (const std::string& name : used(loaded.scenario, &Offer::boards)) {
        if (name == ideal) {
            loaded.scenario.profiles.push_back(ideal_profile());
            continue;
        }
        LoadedProfile board = unwrap(load_profile((folder / (name + ".toml")).string()));
        loaded.scenario.profiles.push_back(board.profile);
        list_figures(loaded, "board." + name + ".", board.figures);
        loaded.inputs.push_back(std::move(board.input));
    }
    for (const std::string& name : used(loaded.scenario, &Offer::lines)) {
        for (const LoadedLine& known : lines.lines) {
            if (known.line.name != name) continue;
            loaded.scenario.lines.push_back(known.line);
            list_figures(loaded, "line." + name + ".", known.figures);
        }
    }
    for (const LoadedRegion& known : lines.regions) {
        if (known.region.name != loaded.scenario.network.region) continue;
        list_figures(loaded, "region." + known.region.name + ".", known.figures);
    }
    loaded.inputs.push_back(lines.input);
}

constexpr std::string_view resolved_head =
    "# The fully resolved scenario: every default written out, and behind each value who said so.\n"
    "# It runs like any other: coopsim run <this file>\n\n";

Loaded load(const std::string& text, const std::string& name, const std::vector<std::string>& overrides,
            const std::string& hardware) {
    Loaded loaded;
    loaded.inputs.push_back({name, text});
    loaded.overrides = overrides;
    Value root = parse(text, name);
    for (const std::string& change : overrides) apply_override(root, change);

    const fs::path folder = find_hardware(name, hardware, root.spot);
    const LoadedLines lines = unwrap(load_lines((folder / lines_file).string()));
    Scenario& scenario = loaded.scenario;
    Context context{profile_names(folder), {}, {}, &lines.regions, &scenario};
    for (const LoadedLine& line : lines.lines) context.lines.push_back(line.line.name);
    for (const LoadedRegion& region : lines.regions) context.regions.push_back(region.region.name);

    scenario.name = made_a_name(fs::path(name).stem().string());
    scenario.policy = {default_policy("gossip"), default_policy("placement"), default_policy("quota")};
    use_region(scenario.network, lines.regions);
    Origins origins;
    read_table(root, "a scenario", "", scenario, context, origins);
    require_known(used(scenario, &Offer::boards), context.profiles, "board profile", root.spot);
    require_known(used(scenario, &Offer::lines), context.lines, "line", root.spot);
    require_known({scenario.network.region}, context.regions, "region", root.spot);

    Writer writer(origins);
    visit(writer, scenario, context);
    loaded.resolved = std::string(resolved_head) + writer.text;
    loaded.parameters = std::move(writer.parameters);
    add_hardware(loaded, folder, lines);
    return loaded;
}

bool loads(const std::string& text, const std::string& name, const std::vector<std::string>& overrides,
           const std::string& hardware) {
    try {
        (void)load(text, name, overrides, hardware);
        return true;
    } catch (const Diagnostic&) {
        return false;
    }
}

/// The override without which the file would load: what is wrong may stand far from it.
std::string culprit(const std::string& text, const std::string& name,
                    const std::vector<std::string>& overrides, const std::string& hardware) {
    for (std::size_t i = 0; i < overrides.size(); ++i) {
        std::vector<std::string> others = overrides;
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
        if (loads(text, name, others, hardware)) return overrides[i];
    }
    return "";
}

/// Everything that the scenario states, without where it comes from.
std::string essence(const Scenario& scenario) {
    Scenario copy = scenario;
    const Origins nowhere;
    Writer writer(nowhere);
    visit(writer, copy, Context{});
    return writer.text;
}

auto figures_of(const models::Profile& p) {
    return std::tie(p.name, p.title, p.cores, p.step, p.per_hashed_mib, p.per_sealed_mib, p.per_signature,
                    p.per_verification, p.per_sync, p.disk_write, p.disk_read, p.nic, p.idle_mw, p.busy_mw,
                    p.boot);
}
auto figures_of(const models::Line& l) {
    return std::tie(l.name, l.title, l.up, l.down, l.first_hop, l.jitter, l.loss_ppm);
}
template <class T>
bool same_figures(const std::vector<T>& a, const std::vector<T>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const T& x, const T& y) { return figures_of(x) == figures_of(y); });
}

}  // namespace

base::Result<Loaded, Diagnostic> load_scenario_text(const std::string& text, const std::string& name,
                                                    const std::vector<std::string>& overrides,
                                                    const std::string& hardware) {
    try {
        return load(text, name, overrides, hardware);
    } catch (Diagnostic said) {
        const std::string why = said.file == override_file ? "" : culprit(text, name, overrides, hardware);
        if (!why.empty()) {
            said.advice += (said.advice.empty() ? "" : "   ") + ("it would load without --set " + why);
        }
        return said;
    }
}

base::Result<Loaded, Diagnostic> load_scenario(const std::string& path,
                                               const std::vector<std::string>& overrides,
                                               const std::string& hardware) {
    try {
        return load_scenario_text(read_text(path), path, overrides, hardware);
    } catch (const Diagnostic& said) {
        return said;
    }
}

policy::Values values_of(const PolicyChoice& choice) {
    policy::Values values;
    for (const auto& [name, value] : choice.values) values.emplace_back(name, value);
    return values;
}

Place place_of(const Scenario& scenario, std::uint32_t index) {
    COOP_ASSERT(index < scenario.members.count);
    for (const Group& group : scenario.groups) {
        if (index < group.count) return {&group.offer, group.name};
        index -= group.count;
    }
    return {&scenario.members.offer, "members"};
}

const models::Profile& profile_of(const Scenario& scenario, std::string_view name) {
    const auto at = std::find_if(scenario.profiles.begin(), scenario.profiles.end(),
                                 [&](const models::Profile& profile) { return profile.name == name; });
    COOP_ASSERT(at != scenario.profiles.end());
    return *at;
}

const models::Line& line_of(const Scenario& scenario, std::string_view name) {
    const auto at = std::find_if(scenario.lines.begin(), scenario.lines.end(),
                                 [&](const models::Line& line) { return line.name == name; });
    COOP_ASSERT(at != scenario.lines.end());
    return *at;
}

bool operator==(const Scenario& a, const Scenario& b) {
    return essence(a) == essence(b) && same_figures(a.profiles, b.profiles) && same_figures(a.lines, b.lines);
}

std::string_view to_text(WorkKind kind) noexcept { return work_kinds[static_cast<std::size_t>(kind)]; }
std::string_view to_text(FaultKind kind) noexcept { return fault_kinds[static_cast<std::size_t>(kind)]; }
std::string_view to_text(Relation relation) noexcept {
    constexpr std::array<std::string_view, 3> names{"most", "least", "equals"};
    return names[static_cast<std::size_t>(relation)];
}

}  // namespace coop::config
