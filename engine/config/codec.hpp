// Codecs: how one value of a file becomes a value of a struct, and how it is written again.
//
// A codec has `T read(const Value&, std::string_view key) const`, which throws Diagnostic, and
// `Text print(const T&) const`, whose empty result means: leave the key out.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/time.hpp"
#include "engine/base/units.hpp"
#include "engine/config/document.hpp"
#include "engine/config/metric_names.hpp"
#include "engine/config/nearest.hpp"
#include "engine/config/node_config.hpp"
#include "engine/config/scenario.hpp"
#include "engine/config/units.hpp"

namespace coop::config {

/// A printed value. As TOML it is quoted, unless it is a bare number, a list or a table.
struct Text {
    std::string text;
    std::string unit;
    bool quoted = true;
    bool present = true;

    std::string toml() const;
};

[[noreturn]] void fail_type(const Value& value, std::string_view key, std::string_view wanted,
                            std::string_view example);
void require_type(const Value& value, Type type, std::string_view key, std::string_view example);
/// The quantity in base units, between `least` and `most`; every other outcome is a Diagnostic.
struct Bounds {
    std::int64_t least = 0;
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
};
std::int64_t read_amount(const Value& value, std::string_view key, Dimension dimension, Bounds bounds);
std::int64_t read_whole(const Value& value, std::string_view key, Bounds bounds);
double read_number(const Value& value, std::string_view key, double least);
std::string print_number(double number);

template <class T>
struct Whole {
    T least = 0;
    T most = std::numeric_limits<T>::max();
    std::string_view unit = "";
    T read(const Value& value, std::string_view key) const {
        return static_cast<T>(read_whole(value, key, {static_cast<std::int64_t>(least), most_allowed()}));
    }
    Text print(T number) const { return {std::to_string(number), std::string(unit), false}; }

  private:
    std::int64_t most_allowed() const {
        constexpr auto largest = std::numeric_limits<std::int64_t>::max();
        return static_cast<std::uint64_t>(most) > static_cast<std::uint64_t>(largest)
                   ? largest
                   : static_cast<std::int64_t>(most);
    }
};

struct DurationIn {
    base::Duration least = base::Duration::zero();
    base::Duration most = base::days(3650);
    base::Duration read(const Value& value, std::string_view key) const;
    Text print(base::Duration duration) const;
};
/// A duration that may be left out: it lasts to the end.
struct LastingIn {
    base::Duration read(const Value& value, std::string_view key) const;
    Text print(base::Duration duration) const;
};
struct SizeIn {
    base::Bytes least;
    base::Bytes most = {1'000'000'000'000'000};
    base::Bytes read(const Value& value, std::string_view key) const;
    Text print(base::Bytes size) const;
};
struct RateIn {
    std::int64_t least_bits = 8;
    base::ByteRate read(const Value& value, std::string_view key) const;
    Text print(base::ByteRate rate) const;
};
struct ShareIn {
    std::int64_t least = 0;
    std::int64_t most = 1'000'000;
    base::Share read(const Value& value, std::string_view key) const;
    Text print(base::Share share) const;
};
struct PpmIn {  ///< a percentage kept as a plain number
    std::int64_t read(const Value& value, std::string_view key) const;
    Text print(std::int64_t ppm) const;
};
struct PowerIn {
    std::int64_t read(const Value& value, std::string_view key) const;
    Text print(std::int64_t milliwatts) const;
};
struct FlagIn {
    bool read(const Value& value, std::string_view key) const;
    Text print(bool flag) const;
};
struct TextIn {
    std::size_t length_max = 500;
    std::string read(const Value& value, std::string_view key) const;
    Text print(const std::string& text) const;
};
/// The nearest that NameIn takes: "Unser Dorf" is "Unser-Dorf".
std::string made_a_name(std::string_view text);
/// Letters, digits, '_' and '-': safe as a folder's name.
struct NameIn {
    std::string read(const Value& value, std::string_view key) const;
    Text print(const std::string& text) const;
};
/// One of these names.
struct KnownIn {
    std::string_view what;  ///< "region"
    Names known;
    std::string read(const Value& value, std::string_view key) const;
    Text print(const std::string& name) const;
};

/// An enumeration: value i has the i-th name.
template <class E>
struct ChoiceIn {
    std::string_view what;
    std::span<const std::string_view> names;  ///< in the order of E's values, from 0
    E read(const Value& value, std::string_view key) const {
        const KnownIn known{what, Names(names.begin(), names.end())};
        const std::string name = known.read(value, key);
        std::size_t i = 0;
        while (names[i] != name) ++i;
        return static_cast<E>(i);
    }
    Text print(E choice) const { return {std::string(names[static_cast<std::size_t>(choice)]), ""}; }
};

/// "random", a time of day, or a list of them.
struct HoursAtIn {
    std::vector<base::Duration> read(const Value& value, std::string_view key) const;
    Text print(const std::vector<base::Duration>& times) const;
};
/// One time of day; midnight unless stated.
struct TimeOfDayIn {
    base::Duration read(const Value& value, std::string_view key) const;
    Text print(base::Duration time) const;
};
/// A duration since the start, or a list of them. Printed only when there is one.
struct MomentsIn {
    base::Duration most;
    std::vector<base::Duration> read(const Value& value, std::string_view key) const;
    Text print(const std::vector<base::Duration>& moments) const;
};
/// A member's number from 0, or a list of different ones. Printed only when there is one.
struct IndexesIn {
    std::uint32_t count = 0;  ///< how many members there are
    std::vector<std::uint32_t> read(const Value& value, std::string_view key) const;
    Text print(const std::vector<std::uint32_t>& indexes) const;
};
/// A number, or "all".
struct ContactCountIn {
    std::uint32_t read(const Value& value, std::string_view key) const;
    Text print(std::uint32_t contacts) const;
};
/// A name, or a list of { <what> = "name", share = "30%" } that adds up to 100 %.
struct MixIn {
    std::string_view what;  ///< "board" or "line", for messages
    std::string_view key;   ///< "profile" or "line"
    const Names& known;
    Mix read(const Value& value, std::string_view name) const;
    Text print(const Mix& mix) const;
};
/// { name = "copies/1", copies = 3 }: a policy of this kind and its parameters.
struct PolicyIn {
    std::string_view kind;
    PolicyChoice read(const Value& value, std::string_view key) const;
    Text print(const PolicyChoice& choice) const;
    /// The i-th parameter alone.
    Text print(const PolicyChoice& choice, std::size_t i) const;
};
/// What a scenario has that chooses none of this kind: "gossip", "placement", "quota".
std::string_view default_policy_name(std::string_view kind);
PolicyChoice default_policy(std::string_view kind);
PolicyChoice default_policy(std::string_view kind, std::string_view name);

struct MetricIn {
    std::string read(const Value& value, std::string_view key) const;
    Text print(const std::string& metric) const;
};
/// A bound on a metric, in the metric's unit; `nothing` is left out.
struct BoundIn {
    const MetricName* metric;
    std::optional<double> read(const Value& value, std::string_view key) const;
    Text print(const std::optional<double>& bound) const;
};
struct RatioIn {
    double least = 1;
    std::optional<double> read(const Value& value, std::string_view key) const;
    Text print(const std::optional<double>& ratio) const;
};

/// "host:port", "[v6]:port".
struct EndpointIn {
    bool any_port = false;  ///< whether port 0 is allowed
    Endpoint read(const Value& value, std::string_view key) const;
};
/// A list of "<64 hexadecimal digits>@host:port".
struct ContactsIn {
    std::vector<Contact> read(const Value& value, std::string_view key) const;
};
/// A date and time with its offset, as nanoseconds since 1970.
struct EpochIn {
    std::int64_t read(const Value& value, std::string_view key) const;
};

}  // namespace coop::config
