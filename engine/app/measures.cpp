#include "engine/app/measures.hpp"

#include <algorithm>
#include <utility>

#include "engine/protocol/message.hpp"

namespace coop::app {
namespace {

using protocol::Urgency;
using protocol::What;

double in_seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }

std::size_t index_of(Urgency urgency) { return static_cast<std::size_t>(urgency); }

const std::size_t gossip_kind = protocol::Message(protocol::Gossip{}).index();

}  // namespace

Measures::Measures(MeasureSetup setup)
    : setup_(std::move(setup)),
      boards_(setup_.members),
      notices_(setup_.members, setup_.reach_within),
      objects_(setup_.members, setup_.copies) {
    COOP_ASSERT(setup_.line_up.size() == setup_.members);
}

void Measures::report(base::Instant at, PeerId node, const protocol::Report& report) {
    Board& board = boards_[node.index];
    switch (report.what) {
        case What::woke_up:
            board.awake = true;
            board.woke = at;
            notices_.woke(at, node);
            return;
        case What::fell_asleep: return fell_asleep(at, node);
        case What::departed: return gone(at, node);
        case What::published: return notices_.published(at, report.id);
        case What::delivered: ++deliveries_; return notices_.delivered(at, node, report.id);
        case What::link_up: links_peak_ = std::max(links_peak_, ++board.links); return;
        case What::link_down:
            if (board.links > 0) --board.links;
            if (report.value == static_cast<std::int64_t>(protocol::LinkEnd::silent)) ++links_broken_;
            return;
        default: return objects_.report(at, node, report);
    }
}

void Measures::fell_asleep(base::Instant at, PeerId node) {
    Board& board = boards_[node.index];
    if (!board.awake) return;
    board.awake = false;
    board.awake_before += at - board.woke;
    board.links = 0;
    notices_.slept(at, node);
}

void Measures::power_lost(base::Instant at, PeerId node) { fell_asleep(at, node); }

void Measures::gone(base::Instant at, PeerId node) {
    fell_asleep(at, node);
    objects_.gone(node);
}

void Measures::sent(std::size_t kind, base::Bytes line, std::uint64_t messages) {
    sent_[index_of(protocol::urgency(kind))] += line;
    if (kind == gossip_kind) payloads_ += messages;
}

void Measures::forget_sent() {
    sent_ = {};
    payloads_ = 0;
}

void Measures::violation(bool of_quota) {
    ++violations_;
    if (of_quota) ++quota_violations_;
}

std::vector<Value> Measures::sample(base::Instant) {
    objects_.note_risk();
    std::vector<bool> awake(boards_.size());
    for (std::size_t i = 0; i < boards_.size(); ++i) awake[i] = boards_[i].awake;
    std::vector<Value> values{
        {"members.awake", static_cast<double>(std::count(awake.begin(), awake.end(), true))},
        {"objects.stored", static_cast<double>(objects_.put())},
        {"objects.at_risk", static_cast<double>(objects_.at_risk())},
        {"objects.not_yet_safe", static_cast<double>(objects_.put() - objects_.safe())},
        {"objects.available", static_cast<double>(objects_.available(awake))},
        {"copies.mean", objects_.copies_mean()},
        {"repair.bytes", static_cast<double>(objects_.repaired().count)},
    };
    constexpr std::array<const char*, 3> names{"sent.control_bytes", "sent.news_bytes", "sent.bulk_bytes"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        values.push_back({names[i], static_cast<double>((sent_[i] - sent_before_[i]).count)});
    }
    sent_before_ = sent_;
    return values;
}

Measures::MemberTraffic Measures::member(PeerId node, base::Instant end) const {
    const Board& board = boards_[node.index];
    MemberTraffic traffic{board.up, board.awake_before, 0, objects_.disk_most(node)};
    if (board.awake) traffic.awake += end - board.woke;
    const double could = static_cast<double>(setup_.line_up[node.index].per_second) * traffic.awake.seconds();
    if (could > 0) traffic.share_of_line = static_cast<double>(board.up.count) / could;
    return traffic;
}

void Measures::add_traffic(std::vector<Value>& values, base::Instant end) const {
    double up = 0, share = 0, share_max = 0, disk = 0, disk_max = 0;
    for (std::uint32_t i = 0; i < boards_.size(); ++i) {
        const MemberTraffic traffic = member(PeerId{i}, end);
        up += static_cast<double>(traffic.up.count);
        share += traffic.share_of_line;
        share_max = std::max(share_max, traffic.share_of_line);
        disk += static_cast<double>(objects_.disk_used(PeerId{i}).count);
        disk_max = std::max(disk_max, static_cast<double>(traffic.disk_most.count));
    }
    const double members = static_cast<double>(boards_.size());
    const double days = end.seconds() / 86'400.0;
    values.push_back({"traffic.up_per_member_day", days > 0 ? up / members / days : 0});
    values.push_back({"traffic.share_of_line_mean", share / members});
    values.push_back({"traffic.share_of_line_max", share_max});
    values.push_back({"disk.used_mean", disk / members});
    values.push_back({"disk.used_max", disk_max});
}

std::vector<Value> Measures::scalars(base::Instant end) const {
    std::vector<Value> values;
    const auto count = [&](const char* name, std::uint64_t n) {
        values.push_back({name, static_cast<double>(n)});
    };
    const auto quantile = [&](const char* name, const results::Histogram& histogram, double q) {
        if (histogram.count() > 0) values.push_back({name, in_seconds(histogram.quantile(q))});
    };
    if (notices_.count() > 0) values.push_back({"notice.reach_awake", notices_.reach_awake(end)});
    quantile("notice.latency_median", notices_.latency(), 0.5);
    quantile("notice.latency_p95", notices_.latency(), 0.95);
    quantile("notice.latency_max", notices_.latency(), 1.0);
    quantile("notice.lag_asleep_median", notices_.lag_asleep(), 0.5);
    quantile("notice.lag_asleep_p95", notices_.lag_asleep(), 0.95);
    quantile("photo.time_to_safe_median", objects_.time_to_safe(), 0.5);
    quantile("photo.time_to_safe_p95", objects_.time_to_safe(), 0.95);
    quantile("photo.time_to_safe_max", objects_.time_to_safe(), 1.0);
    quantile("read.wait_median", objects_.read_wait(), 0.5);
    quantile("read.wait_p95", objects_.read_wait(), 0.95);
    count("objects.put", objects_.put());
    count("objects.safe", objects_.safe());
    count("objects.lost", objects_.lost());
    count("objects.gone_unsafe", objects_.gone_unsafe());
    count("objects.at_risk_max", objects_.at_risk_max());
    if (objects_.put() > 0) {
        const double safe = static_cast<double>(objects_.safe()) / static_cast<double>(objects_.put());
        values.push_back({"photo.safe_share", safe});
    }
    if (objects_.reads_asked() > 0) {
        const double asked = static_cast<double>(objects_.reads_asked());
        values.push_back({"read.share_answered", static_cast<double>(objects_.reads_answered()) / asked});
    }
    add_traffic(values, end);
    values.push_back({"traffic.repair_bytes", static_cast<double>(objects_.repaired().count)});
    const base::Bytes control = sent_[index_of(Urgency::control)] + sent_[index_of(Urgency::news)];
    values.push_back({"traffic.control_bytes", static_cast<double>(control.count)});
    if (deliveries_ > 0) {
        values.push_back({"gossip.payloads_per_delivery",
                          static_cast<double>(payloads_) / static_cast<double>(deliveries_)});
    }
    count("links.peak", links_peak_);
    count("links.broken", links_broken_);
    count("quota.violations", quota_violations_);
    count("violations.total", violations_);
    return values;
}

std::vector<std::pair<std::string_view, const results::Histogram*>> Measures::histograms() const {
    return {{"notice.latency", &notices_.latency()},
            {"notice.lag_asleep", &notices_.lag_asleep()},
            {"photo.time_to_safe", &objects_.time_to_safe()},
            {"read.wait", &objects_.read_wait()}};
}

}  // namespace coop::app
