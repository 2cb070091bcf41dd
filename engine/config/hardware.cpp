#include "engine/config/hardware.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "engine/config/visitors.hpp"

namespace coop::config {

namespace {

/// Source ids of one file and their addresses.
using Addresses = std::map<std::string, std::string>;

const std::string& required_text(const Value& table, std::string_view key, std::string_view owner) {
    const Entry* entry = table.find(key);
    if (entry == nullptr) fail_at(table.spot, std::string(owner) + " needs the key " + std::string(key));
    require_type(entry->value, Type::string, key, "\"…\"");
    if (entry->value.text.empty()) fail_at(entry->value.spot, std::string(key) + " is empty");
    return entry->value.text;
}

void require_only(const Value& table, std::string_view owner, const Names& known) {
    for (const Entry& entry : table.entries) {
        if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
        fail_at(entry.spot, "unknown key \"" + entry.key + "\" in " + std::string(owner),
                advise(entry.key, known));
    }
}

/// [sources]: S02 = { address = "…", licence = "…" }
struct AddressesIn {
    Addresses read(const Value& value, std::string_view key) const {
        require_type(value, Type::table, key, "{ S02 = { address = \"…\", licence = \"…\" } }");
        Addresses addresses;
        for (const Entry& entry : value.entries) {
            require_type(entry.value, Type::table, entry.key, "{ address = \"…\", licence = \"…\" }");
            require_only(entry.value, entry.key, {"address", "licence"});
            required_text(entry.value, "licence", entry.key);
            addresses[entry.key] = required_text(entry.value, "address", entry.key);
        }
        return addresses;
    }
};

/// { value = "1.6 W", source = "S02", what = "…" } or { value = "1.3 ms", estimate = true, how = "…" }
template <class C>
struct FigureIn {
    C codec;
    const Addresses& addresses;
    std::vector<Figure>& figures;

    auto read(const Value& table, std::string_view key) const {
        const std::string name(key);
        if (table.type != Type::table) {
            fail_at(table.spot, name + " does not say where it is from",
                    "write { value = …, source = \"S02\", what = \"…\" } or "
                    "{ value = …, estimate = true, how = \"…\" }");
        }
        require_only(table, name, {"value", "source", "what", "estimate", "how"});
        const Entry* value = table.find("value");
        if (value == nullptr) fail_at(table.spot, name + " needs the key value");
        const auto figure = codec.read(value->value, key);
        const Text text = codec.print(figure);
        figures.push_back({name, text.text, text.unit, provenance(table, name)});
        return figure;
    }

  private:
    std::string provenance(const Value& table, const std::string& name) const {
        const Entry* source = table.find("source");
        const Entry* estimate = table.find("estimate");
        if ((source == nullptr) == (estimate == nullptr)) {
            fail_at(table.spot, name + " needs either a source or an estimate");
        }
        if (source != nullptr) {
            Names known;
            for (const auto& [id, address] : addresses) known.push_back(id);
            const std::string id = KnownIn{"source", known}.read(source->value, "source");
            return id + " " + addresses.at(id) + ": " + required_text(table, "what", name);
        }
        const bool honest = FlagIn{}.read(estimate->value, "estimate");
        if (!honest) fail_at(estimate->value.spot, "an estimate is true, or it is left out");
        return "estimate: " + required_text(table, "how", name);
    }
};

struct ProfileFile {
    models::Profile profile;
    Addresses addresses;
    std::vector<Figure> figures;
};

template <class V>
void visit(V& v, ProfileFile& f, const Context&) {
    const auto figure = [&](std::string_view key, auto& target, auto codec) {
        v.field(key, target, FigureIn<decltype(codec)>{codec, f.addresses, f.figures}, "", Need::required);
    };
    models::Profile& p = f.profile;
    constexpr DurationIn cost{base::Duration::zero(), base::hours(1)};
    v.field("title", p.title, TextIn{}, "", Need::required);
    v.field("sources", f.addresses, AddressesIn{}, "", Need::required);
    figure("cores", p.cores, Whole<std::uint32_t>{1, 1024});
    figure("step", p.step, cost);
    figure("per_hashed_mib", p.per_hashed_mib, cost);
    figure("per_sealed_mib", p.per_sealed_mib, cost);
    figure("per_signature", p.per_signature, cost);
    figure("per_verification", p.per_verification, cost);
    figure("per_sync", p.per_sync, cost);
    figure("disk_write", p.disk_write, RateIn{});
    figure("disk_read", p.disk_read, RateIn{});
    figure("nic", p.nic, RateIn{});
    figure("power_idle", p.idle_mw, PowerIn{});
    figure("power_busy", p.busy_mw, PowerIn{});
    figure("boot", p.boot, cost);
    if constexpr (V::reads) {
        v.require(p.idle_mw <= p.busy_mw, {"power_busy"}, "power_busy is less than power_idle");
    }
}

struct LineFile {
    Addresses addresses;
    std::vector<LoadedLine> lines;
    std::vector<LoadedRegion> regions;
};

// The addresses of the file being read; a line's keys are visited far from them.
struct Sourced {
    const Addresses* addresses = nullptr;
};
struct LineEntry : LoadedLine, Sourced {};
struct RegionEntry : LoadedRegion, Sourced {};

template <class V>
void visit(V& v, LineEntry& l, const Context&) {
    const auto figure = [&](std::string_view key, auto& target, auto codec) {
        v.field(key, target, FigureIn<decltype(codec)>{codec, *l.addresses, l.figures}, "", Need::required);
    };
    constexpr DurationIn way{base::Duration::zero(), base::seconds(60)};
    v.field("name", l.line.name, NameIn{}, "", Need::required);
    v.field("title", l.line.title, TextIn{}, "", Need::required);
    figure("up", l.line.up, RateIn{});
    figure("down", l.line.down, RateIn{});
    figure("first_hop", l.line.first_hop, way);
    figure("jitter", l.line.jitter, way);
    figure("loss", l.line.loss_ppm, PpmIn{});
}

template <class V>
void visit(V& v, RegionEntry& r, const Context&) {
    const auto figure = [&](std::string_view key, auto& target, auto codec) {
        v.field(key, target, FigureIn<decltype(codec)>{codec, *r.addresses, r.figures}, "", Need::required);
    };
    constexpr DurationIn way{base::Duration::zero(), base::seconds(60)};
    v.field("name", r.region.name, NameIn{}, "", Need::required);
    v.field("title", r.region.title, TextIn{}, "", Need::required);
    figure("one_way_least", r.region.one_way_least, way);
    figure("one_way_most", r.region.one_way_most, way);
    if constexpr (V::reads) {
        v.require(r.region.one_way_least <= r.region.one_way_most, {"one_way_least"},
                  "one_way_least is longer than one_way_most");
    }
}

struct LinesFile {
    Addresses addresses;
    std::vector<LineEntry> lines;
    std::vector<RegionEntry> regions;
};

template <class V>
void visit(V& v, LinesFile& f, const Context& c) {
    v.field("sources", f.addresses, AddressesIn{}, "", Need::required);
    LineEntry line;
    line.addresses = &f.addresses;
    RegionEntry region;
    region.addresses = &f.addresses;
    v.sections("line", f.lines, line, c);
    v.sections("region", f.regions, region, c);
}

template <class T, class Name>
void sort_by_name(std::vector<T>& items, Name name, const Spot& spot) {
    std::sort(items.begin(), items.end(), [&](const T& a, const T& b) { return name(a) < name(b); });
    for (std::size_t i = 1; i < items.size(); ++i) {
        if (name(items[i - 1]) == name(items[i]))
            fail_at(spot, "two tables are called \"" + name(items[i]) + "\"");
    }
}

}  // namespace

base::Result<LoadedProfile, Diagnostic> load_profile(const std::string& path) {
    try {
        LoadedProfile loaded;
        loaded.input = {path, read_text(path)};
        ProfileFile file;
        file.profile.name = std::filesystem::path(path).stem().string();
        Origins origins;
        read_table(parse(loaded.input.text, path), "a board profile", "", file, Context{}, origins);
        loaded.profile = file.profile;
        loaded.figures = std::move(file.figures);
        return loaded;
    } catch (const Diagnostic& said) {
        return said;
    }
}

base::Result<LoadedLines, Diagnostic> load_lines(const std::string& path) {
    try {
        LoadedLines loaded;
        loaded.input = {path, read_text(path)};
        LinesFile file;
        Origins origins;
        const Value root = parse(loaded.input.text, path);
        read_table(root, "a file of lines", "", file, Context{}, origins);
        for (LineEntry& line : file.lines) loaded.lines.push_back(std::move(line));
        for (RegionEntry& region : file.regions) loaded.regions.push_back(std::move(region));
        loaded.lines.push_back({ideal_line(), {}});
        loaded.regions.push_back({ideal_region(), {}});
        sort_by_name(
            loaded.lines, [](const LoadedLine& line) { return line.line.name; }, root.spot);
        sort_by_name(
            loaded.regions, [](const LoadedRegion& region) { return region.region.name; }, root.spot);
        return loaded;
    } catch (const Diagnostic& said) {
        return said;
    }
}

namespace {

/// 100 GB/s: no message of ours takes a microsecond, and a year of it still fits 64 bits.
constexpr base::ByteRate boundless{100'000'000'000};

}  // namespace

const models::Profile& ideal_profile() {
    static const models::Profile profile = [] {
        models::Profile made;
        made.name = "ideal";
        made.title = "A board that costs nothing and never waits";
        made.cores = 1024;
        made.disk_write = made.disk_read = made.nic = boundless;
        return made;
    }();
    return profile;
}

const models::Line& ideal_line() {
    static const models::Line line{
        "ideal", "A line that never fills and loses nothing", boundless, boundless, {}, {}, 0};
    return line;
}

const Region& ideal_region() {
    static const Region region{"ideal", "No distance at all", {}, {}};
    return region;
}

}  // namespace coop::config
