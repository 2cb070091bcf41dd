#include "engine/app/objects.hpp"

#include <algorithm>

namespace coop::app {
namespace {

using Nodes = std::vector<std::uint32_t>;

bool insert(Nodes& nodes, std::uint32_t node) {
    const auto place = std::lower_bound(nodes.begin(), nodes.end(), node);
    if (place != nodes.end() && *place == node) return false;
    nodes.insert(place, node);
    return true;
}

bool erase(Nodes& nodes, std::uint32_t node) {
    const auto place = std::lower_bound(nodes.begin(), nodes.end(), node);
    if (place == nodes.end() || *place != node) return false;
    nodes.erase(place);
    return true;
}

}  // namespace

Objects::Objects(std::uint32_t members, std::size_t copies)
    : copies_(copies), present_(members), disks_(members), gone_(members, false) {}

std::size_t Objects::promised() const { return std::min(copies_, present_); }

void Objects::report(base::Instant at, protocol::PeerId node, const protocol::Report& report) {
    using protocol::What;
    switch (report.what) {
        case What::put_accepted: {
            Object& object = objects_[report.object];
            if (object.keepers.empty() && object.others.empty()) object.put_at = at;
            object.size = report.size;
            fill(node, report.size);
            return hold(object, node.index, false);
        }
        case What::stored: {
            Object* const object = objects_.find(report.object);
            if (object == nullptr) return;
            const bool new_copy =
                !std::binary_search(object->others.begin(), object->others.end(), node.index);
            if (new_copy) fill(node, report.size);
            hold(*object, node.index, report.value == static_cast<std::int64_t>(protocol::Custody::keeper));
            if (repairing_.erase(report.object)) repaired_ += report.size;
            return settle(at, *object);
        }
        case What::got: {
            read_wait_.add(report.value);
            Object* const object = objects_.find(report.object);
            if (object == nullptr || report.value == 0) return;  // 0: it was here already
            fill(node, report.size);
            return hold(*object, node.index, false);
        }
        case What::released: {
            Object* const object = objects_.find(report.object);
            if (object == nullptr) return;
            if (erase(object->keepers, node.index) || erase(object->others, node.index)) {
                disks_[node.index].used -= report.size;
            }
            return;
        }
        case What::get_asked: ++asked_; return;
        case What::repair_started: repairing_[report.object] = report.size; return;
        default: return;
    }
}

void Objects::fill(protocol::PeerId node, base::Bytes size) {
    Disk& disk = disks_[node.index];
    disk.used += size;
    disk.most = std::max(disk.most, disk.used);
}

void Objects::hold(Object& object, std::uint32_t node, bool keeper) {
    erase(keeper ? object.others : object.keepers, node);
    insert(keeper ? object.keepers : object.others, node);
}

void Objects::settle(base::Instant at, Object& object) {
    if (object.was_safe || object.keepers.size() < promised()) return;
    object.was_safe = true;
    ++safe_;
    time_to_safe_.add((at - object.put_at).ns());
}

void Objects::gone(protocol::PeerId node) {
    if (gone_[node.index]) return;
    gone_[node.index] = true;
    --present_;
    for (auto& [digest, object] : objects_) {
        erase(object.keepers, node.index);
        erase(object.others, node.index);
    }
    note_risk();
}

std::vector<Objects::Missing> Objects::strike_out(const Holds& holds, protocol::PeerId only) {
    std::vector<Missing> missing;
    for (auto& [digest, object] : objects_) {
        for (Nodes* const holders : {&object.keepers, &object.others}) {
            std::erase_if(*holders, [&, &name = digest, size = object.size](std::uint32_t holder) {
                const protocol::PeerId node{holder};
                if ((!only.is_none() && node != only) || holds(node, name, size)) return false;
                missing.push_back({node, name, size});
                disks_[holder].used -= size;
                return true;
            });
        }
    }
    if (!missing.empty()) note_risk();
    return missing;
}

std::uint64_t Objects::without_holder(bool was_safe) const {
    return static_cast<std::uint64_t>(std::count_if(objects_.begin(), objects_.end(), [&](const auto& entry) {
        const Object& object = entry.second;
        return object.was_safe == was_safe && object.keepers.empty() && object.others.empty();
    }));
}

std::uint64_t Objects::at_risk() const {
    return static_cast<std::uint64_t>(std::count_if(objects_.begin(), objects_.end(), [&](const auto& entry) {
        return entry.second.was_safe && entry.second.keepers.size() < promised();
    }));
}

std::uint64_t Objects::available(const std::vector<bool>& awake) const {
    const auto up = [&](std::uint32_t node) { return awake[node]; };
    return static_cast<std::uint64_t>(std::count_if(objects_.begin(), objects_.end(), [&](const auto& entry) {
        const Object& object = entry.second;
        return std::any_of(object.keepers.begin(), object.keepers.end(), up) ||
               std::any_of(object.others.begin(), object.others.end(), up);
    }));
}

double Objects::copies_mean() const {
    if (objects_.empty()) return 0;
    std::size_t copies = 0;
    for (const auto& [digest, object] : objects_) copies += object.keepers.size();
    return static_cast<double>(copies) / static_cast<double>(objects_.size());
}

}  // namespace coop::app
