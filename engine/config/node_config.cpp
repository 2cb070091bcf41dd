#include "engine/config/node_config.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "engine/config/tuning_schema.hpp"

namespace coop::config {

// Outside the unnamed namespace: the visitors find it by its arguments.
template <class V>
void visit(V& v, policy::Contribution& o, const Context&) {
    v.field("line_up", o.line_up, RateIn{}, "", Need::required);
    v.field("line_down", o.line_down, RateIn{}, "", Need::required);
    v.field("share_of_line", o.share, ShareIn{1});
    v.field("hours", o.hours.length, DurationIn{base::minutes(1), base::hours(24)});
    v.field("hours_at", o.hours.start, TimeOfDayIn{});
    v.field("disk", o.disk, SizeIn{}, "", Need::required);
}

namespace {

constexpr std::array<std::string_view, 6> log_levels{"trace", "debug", "info", "warn", "error", "off"};
constexpr std::size_t contacts_max = 1000;  // in one file; a node knows as many members as it is tuned to
constexpr std::string_view contact_example = "\"<64 hexadecimal digits>@192.168.1.20:7411\"";

/// "host:port" or "[v6]:port"; nothing when it is neither.
std::optional<Endpoint> read_endpoint(std::string_view text, bool any_port) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0 || text.size() > 260) return std::nullopt;
    std::string_view host = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    if (host.front() == '[' && host.back() == ']' && host.size() > 2) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find_first_of(":[] @") != std::string_view::npos) {
        return std::nullopt;
    }
    if (digits.empty() || digits.size() > 5 ||
        digits.find_first_not_of("0123456789") != std::string_view::npos) {
        return std::nullopt;
    }
    const unsigned long port = std::stoul(std::string(digits));
    if (port > 65'535 || (port == 0 && !any_port)) return std::nullopt;
    return Endpoint{std::string(host), static_cast<std::uint16_t>(port)};
}

/// "none", "stdin" or "unix:PATH".
struct ControlChoice {
    Control control = Control::none;
    std::string socket;
};
struct ControlIn {
    ControlChoice read(const Value& value, std::string_view key) const {
        require_type(value, Type::string, key, "\"stdin\"");
        if (value.text.starts_with("unix:") && value.text.size() > 5) {
            return {Control::socket, value.text.substr(5)};
        }
        const std::array<std::string_view, 2> plain{"none", "stdin"};
        const auto at = std::find(plain.begin(), plain.end(), value.text);
        if (at == plain.end()) {
            fail_at(value.spot, "unknown way of control \"" + value.text + "\"",
                    advise(value.text, {"none", "stdin", "unix:PATH"}));
        }
        return {value.text == "none" ? Control::none : Control::standard_input, ""};
    }
};

/// The file's own shape, before it becomes a NodeConfig.
struct NodeFile {
    NodeConfig node;
    ControlChoice control;
    bool advertised = false;
};

struct AdvertiseIn {
    bool& given;
    Endpoint read(const Value& value, std::string_view key) const {
        given = true;
        return EndpointIn{}.read(value, key);
    }
};

template <class V>
void visit(V& v, NodeFile& f, const Context& c) {
    NodeConfig& n = f.node;
    v.field("name", n.name, NameIn{});
    v.field("data", n.data, TextIn{}, "", Need::required);
    v.field("listen", n.listen, EndpointIn{true}, "", Need::required);
    v.field("advertise", n.advertise, AdvertiseIn{f.advertised});
    v.field("contacts", n.contacts, ContactsIn{});
    v.field("log_level", n.log_level, ChoiceIn<LogLevel>{"log level", log_levels});
    v.field("epoch", n.epoch_unix_ns, EpochIn{});
    v.field("control", f.control, ControlIn{});
    v.field("reports", n.reports, TextIn{});
    v.section("owner", n.owner, c, Need::required);
    v.section("policy", n.policy, c);
    visit_tuning(v, n.tuning, c);
}

/// Relative paths start at the file's own folder, so that a board's folder can be moved.
std::string beside(const std::string& file, const std::string& path) {
    if (path.empty() || std::filesystem::path(path).is_absolute()) return path;
    return (std::filesystem::path(file).parent_path() / path).lexically_normal().string();
}

}  // namespace

Endpoint EndpointIn::read(const Value& value, std::string_view key) const {
    require_type(value, Type::string, key, "\"192.168.1.20:7411\"");
    const auto endpoint = read_endpoint(value.text, any_port);
    if (!endpoint) {
        fail_at(value.spot, std::string(key) + " is host:port, and \"" + value.text + "\" is not",
                "for example \"192.168.1.20:7411\" or \"[fd00::20]:7411\"");
    }
    return *endpoint;
}

std::vector<Contact> ContactsIn::read(const Value& value, std::string_view key) const {
    require_type(value, Type::array, key, "[" + std::string(contact_example) + "]");
    if (value.items.size() > contacts_max) fail_at(value.spot, "contacts lists more than 1000 members");
    std::vector<Contact> contacts;
    for (const Value& item : value.items) {
        require_type(item, Type::string, key, contact_example);
        const std::string_view text = item.text;
        const std::size_t at = text.find('@');
        const auto bytes = base::parse_hex32(text.substr(0, at));
        const auto endpoint =
            at == std::string_view::npos ? std::nullopt : read_endpoint(text.substr(at + 1), false);
        if (!bytes || !endpoint) {
            fail_at(item.spot,
                    std::string(!bytes ? "the key" : "the address") + " of this contact cannot be read",
                    "a contact is key@host:port, for example " + std::string(contact_example));
        }
        Contact contact;
        contact.key.bytes = *bytes;
        contact.at = *endpoint;
        contacts.push_back(std::move(contact));
    }
    return contacts;
}

std::int64_t EpochIn::read(const Value& value, std::string_view key) const {
    require_type(value, Type::date_time, key, "2026-05-01T00:00:00Z");
    return value.integer;
}

std::string_view to_text(LogLevel level) noexcept { return log_levels[static_cast<std::size_t>(level)]; }

base::Result<NodeConfig, Diagnostic> load_node_config(const std::string& path,
                                                      const std::vector<std::string>& overrides) {
    try {
        NodeFile file;
        NodeConfig& node = file.node;
        node.name = "node";
        node.policy = {default_policy("gossip"), default_policy("placement"), default_policy("quota")};
        node.input = {path, read_text(path)};
        Value root = parse(node.input.text, path);
        for (const std::string& change : overrides) apply_override(root, change);
        Origins origins;
        read_table(root, "a node file", "", file, Context{}, origins);
        if (!file.advertised) node.advertise = node.listen;
        node.control = file.control.control;
        node.control_socket = beside(path, file.control.socket);
        node.data = beside(path, node.data);
        node.reports = beside(path, node.reports);
        return node;
    } catch (const Diagnostic& said) {
        return said;
    }
}

}  // namespace coop::config
