// Scenario: one question put to a cooperative, as a file in scenarios/ states it.
//
//     scenario.toml + hw-profiles/*.toml + --set a.b=c  ──► Loaded { scenario, resolved, parameters, inputs }
//
// Law: what is loaded is complete and within bounds: every default is filled in, every name resolved, every
// index below `members.count`. Nobody downstream checks again. The resolved text loads to an equal scenario.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/base/time.hpp"
#include "engine/base/units.hpp"
#include "engine/config/diagnostic.hpp"
#include "engine/policy/catalogue.hpp"
#include "engine/protocol/config.hpp"
#include "models/board/profile.hpp"
#include "models/network/line.hpp"

namespace coop::config {

/// One kind of board or line and how much of the membership has it. The shares of a mix add up to 100 %.
struct Part {
    std::string name;
    base::Share share = base::percent(100);
};
using Mix = std::vector<Part>;

/// What each member of a group brings.
struct Offer {
    Mix boards = {{"rpi_4b"}};  ///< names in Scenario::profiles
    Mix lines = {{"vdsl_50"}};  ///< names in Scenario::lines
    base::Share share_of_line = base::percent(3);
    base::Duration hours = base::hours(24);  ///< a day; 24 h is always awake
    /// Since midnight; several are taken in turn, member by member. Empty: every member its own random time.
    std::vector<base::Duration> hours_at;
    base::Bytes disk = base::gigabytes(8);
};

inline constexpr std::uint32_t all_others = std::numeric_limits<std::uint32_t>::max();

struct Members {
    std::uint32_t count = 2;
    std::uint32_t contacts = 3;   ///< how many others a member knows at first; `all_others` for all
    base::Duration start_within;  ///< first starts are spread evenly over this
    Offer offer;
};

/// Members that bring something else. Groups take members 0, 1, 2 … in the order of the file; those left over
/// are the group "members".
struct Group {
    std::string name;
    std::uint32_t count = 1;
    Offer offer;  ///< complete: what the file left out is members.offer
};

/// The way between two members' providers. Each pair draws its own, evenly between the two.
struct Network {
    std::string region = "local";  ///< a [[region]] of hw-profiles/lines.toml, or "ideal"
    base::Duration one_way_least;
    base::Duration one_way_most;
};

struct PolicyChoice {
    std::string name;  ///< "copies/1"
    /// All of the policy's, in its order, as stored.
    std::vector<std::pair<std::string, std::int64_t>> values;
};
/// For policy::make_gossip, make_placement and make_quota; points into `choice`.
policy::Values values_of(const PolicyChoice& choice);
/// "2 s", "64 KiB", "3 copies".
std::string amount_of(const policy::Param& param, std::int64_t value);

struct PolicyChoices {
    PolicyChoice gossip;
    PolicyChoice placement;
    PolicyChoice quota;
};

/// The protocol's own numbers; each is a table of the file with the same keys as the struct has members.
using Tuning = protocol::Tuning;

enum class WorkKind : std::uint8_t { photos, notices, reads };
/// When the wishes of one member come, if they are not listed in `at`.
enum class Rhythm : std::uint8_t {
    random,  ///< a Poisson process of mean gap `every`
    steady,  ///< every `every`, the first after a random part of it
};
/// What becomes of a wish that comes while the member's board sleeps.
enum class WhenAsleep : std::uint8_t {
    later,  ///< it comes at a random moment of the board's next waking hours
    skip,   ///< nobody is there to have it
};

struct Workload {
    std::string name;  ///< unique; the kind when the file gives none
    WorkKind kind = WorkKind::photos;
    base::Bytes size;  ///< of each photo or notice; 0 for reads (a random existing photo)
    std::vector<base::Duration>
        at;                ///< since the start: each of `by` does it once at each of these; or empty:
    base::Duration every;  ///< mean gap between the wishes of one member; zero when `at` is given
    Rhythm rhythm = Rhythm::random;
    base::Duration from;
    base::Duration until;  ///< not after this; at most the scenario's duration
    WhenAsleep when_asleep = WhenAsleep::later;
    std::vector<std::uint32_t> by;  ///< members; empty: all
};

enum class FaultKind : std::uint8_t {
    power_cut,  ///< boards lose power together and come back together
    leave,      ///< members go for good
    crash,      ///< the node's process is stopped hard (kill -9) and, after `lasts`, started again
    disk_full,  ///< nothing more can be written, for `lasts`; what is there stays. Simulations only
};

struct Fault {
    FaultKind kind = FaultKind::power_cut;
    base::Duration at;
    base::Duration lasts = base::Duration::max();  ///< max: to the end
    // Whom it hits. Exactly one of the three is given; share and count draw members at random.
    base::Share share;
    std::uint32_t count = 0;
    std::vector<std::uint32_t> members;
    bool farewell = true;  ///< leave: hands over what only it has (Leave) and goes; otherwise falls silent
};

enum class Relation : std::uint8_t { most, least, equals };

struct Expect {
    std::string metric;  ///< in metric_names()
    Relation relation = Relation::most;
    double bound = 0;  ///< in the metric's unit
    std::string why;
};

/// How far a simulated and a real run of this scenario may differ. At least one of the two bounds is given.
struct Compare {
    std::string metric;
    std::optional<double> ratio_most;  ///< the larger over the smaller; >= 1
    std::optional<double> within;      ///< or: the difference, in the metric's unit
    std::string why;
};

struct ResultsChoice {
    base::Duration sample_every = base::minutes(10);  ///< one point of every series
    base::Duration reach_within = base::seconds(60);  ///< the time that notice.reach_awake allows
};

/// Who computes signatures and hashes. Boards always do; a simulation charges them for it either way.
enum class CryptoChoice : std::uint8_t {
    priced,  ///< nobody: tags that fail when anything was changed
    real,    ///< libsodium; slower, and the same fingerprint
};

/// How the simulator goes about it. Nothing of this changes what a run says.
struct SimulationChoice {
    CryptoChoice crypto = CryptoChoice::priced;
};

/// Conditions that no member has, to study one law at a time.
struct Lab {
    base::Share loss;  ///< of messages, on top of what the lines lose
};

struct Scenario {
    std::string name;  ///< the file's stem unless stated: letters, digits, '_' and '-'
    std::string title;
    std::string question;  ///< one sentence
    std::uint64_t seed = 1;
    base::Duration duration = base::days(1);
    Members members;
    std::vector<Group> groups;
    Network network;
    PolicyChoices policy;
    Tuning tuning;
    std::vector<Workload> workloads;
    std::vector<Fault> faults;
    ResultsChoice results;
    SimulationChoice simulation;
    Lab lab;
    std::vector<Expect> expectations;
    std::vector<Compare> comparisons;
    // What the names above stand for: only those in use, ordered by name.
    std::vector<models::Profile> profiles;
    std::vector<models::Line> lines;
};

/// The offer of member `index`, and its group's name ("members" for those in none).
struct Place {
    const Offer* offer;
    std::string_view group;
};
Place place_of(const Scenario& scenario, std::uint32_t index);
const models::Profile& profile_of(const Scenario& scenario, std::string_view name);
const models::Line& line_of(const Scenario& scenario, std::string_view name);

/// One row for results: everything that shaped a run, and who said so.
struct Parameter {
    std::string key;     ///< "members.count", "policy.placement.copies", "board.rpi_4b.power_idle"
    std::string value;   ///< a number, a name, or a list as TOML
    std::string unit;    ///< "members", "h", "%"; empty for what has none
    std::string origin;  ///< "scenarios/village.toml:12", "<--set>", "default: HyParView, DSN 2007, §5.1"
};

/// A file that was read, so that a manifest can hash it.
struct InputFile {
    std::string path;
    std::string text;
};

struct Loaded {
    Scenario scenario;
    std::string resolved;  ///< TOML with every default written out
    std::vector<Parameter> parameters;
    std::vector<InputFile> inputs;       ///< the scenario first, then its hardware
    std::vector<std::string> overrides;  ///< as they were given
};

/// `overrides` are "members.count=60", "policy.placement.copies=5", "fault.0.at=3d": the same checks for
/// them. `hardware` is the folder of board and line profiles; empty: `hw-profiles` beside the file, in a
/// folder above it, or in the working folder.
base::Result<Loaded, Diagnostic> load_scenario(const std::string& path,
                                               const std::vector<std::string>& overrides = {},
                                               const std::string& hardware = {});
/// The same for a text that is in no file; `name` stands for it in messages.
base::Result<Loaded, Diagnostic> load_scenario_text(const std::string& text, const std::string& name,
                                                    const std::vector<std::string>& overrides = {},
                                                    const std::string& hardware = {});

/// Equal in every key of the resolved text and in the hardware behind its names.
bool operator==(const Scenario& a, const Scenario& b);

std::string_view to_text(WorkKind kind) noexcept;
std::string_view to_text(FaultKind kind) noexcept;
std::string_view to_text(Relation relation) noexcept;

}  // namespace coop::config
