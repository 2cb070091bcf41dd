#include "engine/config/codec.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace coop::config {

namespace {

constexpr std::size_t list_max = 10'000;  // of members or moments in one file

std::string units_advice(Dimension dimension) {
    std::string text = "allowed units: ";
    const Names names = unit_names(dimension);
    for (std::size_t i = 0; i < names.size(); ++i) text += (i == 0 ? "" : ", ") + names[i];
    return text + "   for example " + std::string(example_of(dimension));
}

/// "days", "hours", "sec" as their unit, "PB" as the largest size that there is; anything else as it is.
std::string short_unit(const std::string& unit, Dimension dimension) {
    std::string shortened = unit;
    const bool sizeable = dimension == Dimension::size || dimension == Dimension::rate;
    if (sizeable && unit.size() > 1 && std::string_view("TPEZ").find(unit[0]) != std::string_view::npos) {
        shortened[0] = dimension == Dimension::size ? 'T' : 'G';
    }
    if (dimension != Dimension::duration) return shortened;
    for (const std::string& known : unit_names(dimension)) {
        if (unit.starts_with(known) && unit.size() > known.size() + 1) shortened = known;
    }
    return shortened;
}

std::string shown(const Value& value) {
    if (value.type == Type::integer) return std::to_string(value.integer);
    if (value.type == Type::real) return print_number(value.real);
    return std::string(to_text(value.type));
}

std::string name(std::string_view key) { return std::string(key); }

constexpr std::size_t name_max = 64;
bool plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

[[noreturn]] void fail_range(const Value& value, std::string_view key, const std::string& least,
                             const std::string& most) {
    const std::string given = value.type == Type::string ? value.text : shown(value);
    fail_at(value.spot, name(key) + " is out of range: " + given, "allowed: " + least + " to " + most);
}

/// A list, or a single value taken as a list of one.
std::span<const Value> each(const Value& value, std::string_view key) {
    if (value.type != Type::array) return {&value, 1};
    if (value.items.size() > list_max) fail_at(value.spot, name(key) + " lists more than 10000 values");
    return value.items;
}

template <class T, class Print>
std::string list(const std::vector<T>& items, Print print) {
    std::string text = "[";
    for (std::size_t i = 0; i < items.size(); ++i) text += (i == 0 ? "" : ", ") + print(items[i]);
    return text + "]";
}

Text printed(std::int64_t amount, Dimension dimension) {
    const Printed made = print_quantity(amount, dimension);
    return {made.number, made.unit};
}

/// The keys of an inline table are all known.
void require_keys(const Value& table, std::string_view key, const Names& known) {
    for (const Entry& entry : table.entries) {
        if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
        fail_at(entry.spot, "unknown key \"" + entry.key + "\" in " + name(key), advise(entry.key, known));
    }
}

/// On a command line, what TOML has no number for arrives as a string.
bool is_beyond_64_bits(const Value& value) {
    std::int64_t number = 0;
    const char* const end = value.text.data() + value.text.size();
    const auto [rest, error] = std::from_chars(value.text.data(), end, number);
    return value.type == Type::string && error == std::errc::result_out_of_range && rest == end;
}

}  // namespace

std::string Text::toml() const { return quoted ? quote(text + unit) : text; }

void fail_type(const Value& value, std::string_view key, std::string_view wanted, std::string_view example) {
    // "not a number" would puzzle whoever wrote 8.5 for a whole one.
    const bool numeric = value.type == Type::integer || value.type == Type::real;
    const bool of_another_kind = numeric && wanted.find("number") != std::string_view::npos;
    const std::string given = of_another_kind ? shown(value) : std::string(to_text(value.type));
    std::string message = name(key) + " is " + std::string(wanted) + ", not " + given;
    fail_at(value.spot, std::move(message), "for example " + name(key) + " = " + std::string(example));
}

void require_type(const Value& value, Type type, std::string_view key, std::string_view example) {
    if (value.type != type) fail_type(value, key, to_text(type), example);
}

std::int64_t read_amount(const Value& value, std::string_view key, Dimension dimension, Bounds bounds) {
    const bool bare = value.type == Type::integer || value.type == Type::real;
    if (bare)
        fail_at(value.spot, name(key) + " needs a unit: " + shown(value) + " is a bare number",
                units_advice(dimension));
    if (value.type != Type::string) fail_type(value, key, name_of(dimension), example_of(dimension));
    const Quantity quantity = read_quantity(value.text, dimension);
    switch (quantity.reading) {
        case Reading::ok: break;
        case Reading::not_a_number:
            fail_at(value.spot, name(key) + " is a number and its unit, and \"" + value.text + "\" is not",
                    units_advice(dimension));
        case Reading::no_unit:
            fail_at(value.spot, name(key) + " needs a unit: \"" + value.text + "\" has none",
                    units_advice(dimension));
        case Reading::unknown_unit:
            fail_at(value.spot,
                    "unknown unit \"" + quantity.unit + "\" for " + std::string(name_of(dimension)),
                    advise(short_unit(quantity.unit, dimension), unit_names(dimension)));
        case Reading::too_fine:
            fail_at(value.spot, name(key) + " is finer than can be counted: " + value.text,
                    units_advice(dimension));
        case Reading::too_large:
            fail_at(value.spot, name(key) + " is too large to be counted: " + value.text,
                    units_advice(dimension));
    }
    if (quantity.amount < bounds.least || quantity.amount > bounds.most) {
        fail_range(value, key, print_quantity(bounds.least, dimension).text(),
                   print_quantity(bounds.most, dimension).text());
    }
    return quantity.amount;
}

std::int64_t read_whole(const Value& value, std::string_view key, Bounds bounds) {
    if (is_beyond_64_bits(value)) {
        const std::string wrong = value.text.front() == '-' ? " is too small: " : " is too large: ";
        fail_at(value.spot, name(key) + wrong + value.text,
                "allowed: " + std::to_string(bounds.least) + " to " + std::to_string(bounds.most));
    }
    require_type(value, Type::integer, key, std::to_string(std::max<std::int64_t>(bounds.least, 3)));
    if (value.integer < bounds.least || value.integer > bounds.most) {
        fail_range(value, key, std::to_string(bounds.least), std::to_string(bounds.most));
    }
    return value.integer;
}

double read_number(const Value& value, std::string_view key, double least) {
    if (value.type != Type::integer && value.type != Type::real) fail_type(value, key, "a number", "1.5");
    const double number = value.type == Type::integer ? static_cast<double>(value.integer) : value.real;
    if (!(number >= least) || !(number <= 1e18)) fail_range(value, key, print_number(least), "1e18");
    return number;
}

std::string print_number(double number) {
    char text[40];
    const auto end = std::to_chars(text, text + sizeof text, number).ptr;
    return std::string(text, end);
}

base::Duration DurationIn::read(const Value& value, std::string_view key) const {
    return base::nanoseconds(read_amount(value, key, Dimension::duration, {least.ns(), most.ns()}));
}
Text DurationIn::print(base::Duration duration) const { return printed(duration.ns(), Dimension::duration); }

base::Duration LastingIn::read(const Value& value, std::string_view key) const {
    return DurationIn{base::nanoseconds(1)}.read(value, key);
}
Text LastingIn::print(base::Duration duration) const {
    if (duration == base::Duration::max()) return {"", "", false, false};
    return printed(duration.ns(), Dimension::duration);
}

base::Bytes SizeIn::read(const Value& value, std::string_view key) const {
    return {read_amount(value, key, Dimension::size, {least.count, most.count})};
}
Text SizeIn::print(base::Bytes size) const { return printed(size.count, Dimension::size); }

base::ByteRate RateIn::read(const Value& value, std::string_view key) const {
    return base::bits_per_second(read_amount(value, key, Dimension::rate, {least_bits, 800'000'000'000}));
}
Text RateIn::print(base::ByteRate rate) const { return printed(rate.per_second * 8, Dimension::rate); }

base::Share ShareIn::read(const Value& value, std::string_view key) const {
    return {read_amount(value, key, Dimension::share, {least, most})};
}
Text ShareIn::print(base::Share share) const { return printed(share.ppm, Dimension::share); }

std::int64_t PpmIn::read(const Value& value, std::string_view key) const {
    return ShareIn{}.read(value, key).ppm;
}
Text PpmIn::print(std::int64_t ppm) const { return printed(ppm, Dimension::share); }

std::int64_t PowerIn::read(const Value& value, std::string_view key) const {
    return read_amount(value, key, Dimension::power, {0, 10'000'000});
}
Text PowerIn::print(std::int64_t milliwatts) const { return printed(milliwatts, Dimension::power); }

bool FlagIn::read(const Value& value, std::string_view key) const {
    require_type(value, Type::boolean, key, "true");
    return value.boolean;
}
Text FlagIn::print(bool flag) const { return {flag ? "true" : "false", "", false}; }

std::string TextIn::read(const Value& value, std::string_view key) const {
    require_type(value, Type::string, key, "\"a few words\"");
    if (value.text.size() > length_max) {
        fail_at(value.spot, name(key) + " is longer than " + std::to_string(length_max) + " bytes");
    }
    if (printable(value.text, "\n\t") != value.text) {  // a terminal would obey it
        fail_at(value.spot, name(key) + " holds a control character");
    }
    return value.text;
}
Text TextIn::print(const std::string& text) const { return {text, ""}; }

std::string made_a_name(std::string_view text) {
    std::string made;
    for (const char c : text.substr(0, name_max)) {
        if (plain(c)) {
            made += c;
        } else if (!made.empty() && made.back() != '-') {
            made += '-';
        }
    }
    while (!made.empty() && made.back() == '-') made.pop_back();
    return made.empty() ? "scenario" : made;
}

std::string NameIn::read(const Value& value, std::string_view key) const {
    require_type(value, Type::string, key, "\"village\"");
    if (value.text.empty() || value.text.size() > name_max ||
        !std::all_of(value.text.begin(), value.text.end(), plain)) {
        fail_at(value.spot, name(key) + " is up to 64 letters, digits, '_' and '-': it names a folder");
    }
    return value.text;
}
Text NameIn::print(const std::string& text) const { return {text, ""}; }

std::string KnownIn::read(const Value& value, std::string_view key) const {
    require_type(value, Type::string, key, known.empty() ? "\"name\"" : quote(known[0]));
    if (std::find(known.begin(), known.end(), value.text) == known.end()) {
        fail_at(value.spot, "unknown " + name(what) + " \"" + value.text + "\"", advise(value.text, known));
    }
    return value.text;
}
Text KnownIn::print(const std::string& text) const { return {text, ""}; }

base::Duration TimeOfDayIn::read(const Value& value, std::string_view key) const {
    const bool given = value.type == Type::string || value.type == Type::time;
    if (!given) fail_type(value, key, "a time of day", "\"19:30\"");
    const auto time = read_time_of_day(value.text);
    if (!time) {
        fail_at(value.spot, name(key) + " is a time of day, and \"" + value.text + "\" is none",
                "allowed: \"00:00\" to \"23:59\", or with seconds \"19:30:15\"");
    }
    return base::nanoseconds(*time);
}
Text TimeOfDayIn::print(base::Duration time) const { return {print_time_of_day(time.ns()), ""}; }

std::vector<base::Duration> HoursAtIn::read(const Value& value, std::string_view key) const {
    if (value.type == Type::string && value.text == "random") return {};
    if (value.type == Type::string && !read_time_of_day(value.text)) {
        fail_at(value.spot, name(key) + " is a time of day, and \"" + value.text + "\" is none",
                "allowed: \"random\", a time of day \"19:30\", or a list of them");
    }
    std::vector<base::Duration> times;
    for (const Value& one : each(value, key)) times.push_back(TimeOfDayIn{}.read(one, key));
    if (times.empty())
        fail_at(value.spot, name(key) + " lists no time", "for every member its own: \"random\"");
    return times;
}
Text HoursAtIn::print(const std::vector<base::Duration>& times) const {
    if (times.empty()) return {"random", ""};
    return {list(times, [](base::Duration time) { return quote(print_time_of_day(time.ns())); }), "", false};
}

std::vector<base::Duration> MomentsIn::read(const Value& value, std::string_view key) const {
    std::vector<base::Duration> moments;
    for (const Value& one : each(value, key)) {
        moments.push_back(DurationIn{base::Duration::zero(), most}.read(one, key));
    }
    return moments;
}
Text MomentsIn::print(const std::vector<base::Duration>& moments) const {
    if (moments.empty()) return {"", "", false, false};
    return {list(moments, [](base::Duration at) { return printed(at.ns(), Dimension::duration).toml(); }), "",
            false};
}

std::vector<std::uint32_t> IndexesIn::read(const Value& value, std::string_view key) const {
    std::vector<std::uint32_t> indexes;
    for (const Value& one : each(value, key)) {
        const auto index = Whole<std::uint32_t>{0, count - 1}.read(one, key);
        const bool twice = std::find(indexes.begin(), indexes.end(), index) != indexes.end();
        if (twice) fail_at(one.spot, name(key) + " names member " + std::to_string(index) + " twice");
        indexes.push_back(index);
    }
    if (indexes.empty()) fail_at(value.spot, name(key) + " names no member", "leave it out for all");
    return indexes;
}
Text IndexesIn::print(const std::vector<std::uint32_t>& indexes) const {
    if (indexes.empty()) return {"", "", false, false};
    return {list(indexes, [](std::uint32_t index) { return std::to_string(index); }), "", false};
}

std::uint32_t ContactCountIn::read(const Value& value, std::string_view key) const {
    if (value.type == Type::string && value.text == "all") return all_others;
    if (value.type != Type::integer) fail_type(value, key, "a whole number or \"all\"", "3");
    return Whole<std::uint32_t>{1, 1000}.read(value, key);
}
Text ContactCountIn::print(std::uint32_t contacts) const {
    return contacts == all_others ? Text{"all", ""} : Text{std::to_string(contacts), "members", false};
}

Mix MixIn::read(const Value& value, std::string_view list_name) const {
    const KnownIn names{what, known};
    const std::string example =
        "[{ " + name(key) + " = " + quote(known.empty() ? "name" : known[0]) + ", share = \"100%\" }]";
    if (value.type == Type::string) return {{names.read(value, list_name), base::percent(100)}};
    if (value.type != Type::array || value.items.empty()) {
        fail_type(value, list_name, "a name or a list of names and shares", example);
    }
    Mix mix;
    std::int64_t sum = 0;
    for (const Value& item : value.items) {
        require_type(item, Type::table, list_name, example);
        require_keys(item, list_name, {name(key), "share"});
        const Entry* named = item.find(key);
        const Entry* share = item.find("share");
        if (named == nullptr || share == nullptr) {
            fail_at(item.spot, "each of " + name(list_name) + " needs " + name(key) + " and share",
                    "for example " + name(list_name) + " = " + example);
        }
        mix.push_back({names.read(named->value, key), ShareIn{1}.read(share->value, "share")});
        sum += mix.back().share.ppm;
    }
    if (sum != 1'000'000) {
        const std::string total = print_quantity(sum, Dimension::share).text();
        fail_at(value.spot, "the shares of " + name(list_name) + " add up to " + total + ", not 100%");
    }
    return mix;
}
Text MixIn::print(const Mix& mix) const {
    const auto part = [&](const Part& one) {
        return "{ " + name(key) + " = " + quote(one.name) + ", share = " + ShareIn{}.print(one.share).toml() +
               " }";
    };
    return {list(mix, part), "", false};
}

namespace {

const policy::Entry* find_policy(std::string_view kind, std::string_view wanted) {
    for (const policy::Entry& entry : policy::catalogue()) {
        if (entry.kind == kind && entry.name == wanted) return &entry;
    }
    return nullptr;
}

std::optional<Dimension> dimension_of(const policy::Param& param) {
    if (param.unit == "bytes") return Dimension::size;
    if (param.unit == "ns") return Dimension::duration;
    if (param.unit == "ppm") return Dimension::share;
    return std::nullopt;
}

Text print_param(const policy::Param& param, std::int64_t value) {
    const auto dimension = dimension_of(param);
    return dimension ? printed(value, *dimension)
                     : Text{std::to_string(value), std::string(param.unit), false};
}

}  // namespace

std::string amount_of(const policy::Param& param, std::int64_t value) {
    const Text made = print_param(param, value);
    return made.unit.empty() ? made.text : made.text + " " + made.unit;
}

std::string_view default_policy_name(std::string_view kind) {
    if (kind == "gossip") return policy::usual_gossip().name();
    if (kind == "placement") return "copies/1";
    COOP_ASSERT(kind == "quota");
    return "fixed_share/1";
}

PolicyChoice default_policy(std::string_view kind) { return default_policy(kind, default_policy_name(kind)); }

PolicyChoice default_policy(std::string_view kind, std::string_view wanted) {
    PolicyChoice choice{std::string(wanted), {}};
    const policy::Entry* entry = find_policy(kind, wanted);
    COOP_ASSERT(entry != nullptr);
    for (const policy::Param& param : entry->params) {
        choice.values.emplace_back(std::string(param.name), param.fallback);
    }
    return choice;
}

PolicyChoice PolicyIn::read(const Value& value, std::string_view key) const {
    const std::string usual = name(default_policy_name(kind));
    const std::string example = "{ name = " + quote(usual) + " }";
    require_type(value, Type::table, key, example);
    Names known;
    for (const policy::Entry& entry : policy::catalogue()) {
        if (entry.kind == kind) known.emplace_back(entry.name);
    }
    const Entry* named = value.find("name");
    const std::string chosen =
        named == nullptr ? usual : KnownIn{name(kind) + " policy", known}.read(named->value, "name");
    const policy::Entry* entry = find_policy(kind, chosen);
    PolicyChoice choice = default_policy(kind, chosen);
    Names keys{"name"};
    for (const policy::Param& param : entry->params) keys.emplace_back(param.name);
    require_keys(value, key, keys);
    for (std::size_t i = 0; i < entry->params.size(); ++i) {
        const policy::Param& param = entry->params[i];
        const Entry* given = value.find(param.name);
        if (given == nullptr) continue;
        const Bounds bounds{param.least, param.most};
        const auto dimension = dimension_of(param);
        choice.values[i].second = dimension ? read_amount(given->value, param.name, *dimension, bounds)
                                            : read_whole(given->value, param.name, bounds);
    }
    return choice;
}

Text PolicyIn::print(const PolicyChoice& choice) const {
    const policy::Entry* entry = find_policy(kind, choice.name);
    COOP_ASSERT(entry != nullptr && entry->params.size() == choice.values.size());
    std::string text = "{ name = " + quote(choice.name);
    for (std::size_t i = 0; i < choice.values.size(); ++i) {
        text += ", " + choice.values[i].first + " = " +
                print_param(entry->params[i], choice.values[i].second).toml();
    }
    return {text + " }", "", false};
}

Text PolicyIn::print(const PolicyChoice& choice, std::size_t i) const {
    return print_param(find_policy(kind, choice.name)->params[i], choice.values[i].second);
}

std::string MetricIn::read(const Value& value, std::string_view key) const {
    Names known;
    for (const MetricName& metric : metric_names()) known.emplace_back(metric.name);
    return KnownIn{"metric", known}.read(value, key);
}
Text MetricIn::print(const std::string& metric) const { return {metric, ""}; }

namespace {

/// How a metric's unit is written in a file, and how many base units make one of it.
struct Scale {
    Dimension dimension;
    double per_unit;
};
std::optional<Scale> scale_of(const MetricName& metric) {
    if (metric.unit == "s") return Scale{Dimension::duration, 1e9};
    if (metric.unit == "B") return Scale{Dimension::size, 1};
    if (metric.unit == "fraction") return Scale{Dimension::share, 1e6};
    if (metric.unit == "kWh") return Scale{Dimension::energy, 1e6};
    return std::nullopt;
}

}  // namespace

std::optional<double> BoundIn::read(const Value& value, std::string_view key) const {
    const auto scale = scale_of(*metric);
    if (!scale) return read_number(value, key, 0);
    Bounds bounds{0, std::int64_t{1} << 53};
    if (scale->dimension == Dimension::share) bounds.most = 1'000'000;
    return static_cast<double>(read_amount(value, key, scale->dimension, bounds)) / scale->per_unit;
}
Text BoundIn::print(const std::optional<double>& bound) const {
    if (!bound) return {"", "", false, false};
    const auto scale = scale_of(*metric);
    if (!scale) return {print_number(*bound), std::string(metric->unit), false};
    return printed(std::llround(*bound * scale->per_unit), scale->dimension);
}

std::optional<double> RatioIn::read(const Value& value, std::string_view key) const {
    return read_number(value, key, least);
}
Text RatioIn::print(const std::optional<double>& ratio) const {
    if (!ratio) return {"", "", false, false};
    return {print_number(*ratio), "", false};
}

}  // namespace coop::config
