#include "tests/truth_overlay/graph.hpp"

#include <algorithm>

namespace coop::protocol::test {
namespace {

bool has(const std::vector<std::uint32_t>& list, std::uint32_t x) {
    return std::find(list.begin(), list.end(), x) != list.end();
}

/// Steps to every node, -1 for those that cannot be reached.
std::vector<int> distances(const Graph& graph, std::uint32_t from, const std::vector<bool>& alive) {
    std::vector<int> steps(graph.size(), -1);
    std::vector<std::uint32_t> queue{from};
    steps[from] = 0;
    for (std::size_t i = 0; i < queue.size(); ++i) {
        for (const std::uint32_t next : graph[queue[i]]) {
            if (!alive[next] || steps[next] >= 0) continue;
            steps[next] = steps[queue[i]] + 1;
            queue.push_back(next);
        }
    }
    return steps;
}

}  // namespace

std::size_t one_sided(const Graph& graph) {
    std::size_t count = 0;
    for (std::uint32_t a = 0; a < graph.size(); ++a) {
        for (const std::uint32_t b : graph[a]) count += has(graph[b], a) ? 0 : 1;
    }
    return count;
}

double mean_shortest_path(const Graph& graph) {
    const std::vector<bool> all(graph.size(), true);
    double sum = 0;
    double pairs = 0;
    for (std::uint32_t a = 0; a < graph.size(); ++a) {
        for (const int steps : distances(graph, a, all)) {
            if (steps > 0) sum += steps, pairs += 1;
        }
    }
    return sum / pairs;
}

double clustering(const Graph& graph) {
    double sum = 0;
    for (const auto& neighbours : graph) {
        const double k = static_cast<double>(neighbours.size());
        if (neighbours.size() < 2) continue;
        double linked = 0;
        for (const std::uint32_t a : neighbours) {
            for (const std::uint32_t b : neighbours) linked += a != b && has(graph[a], b) ? 1 : 0;
        }
        sum += linked / (k * (k - 1));
    }
    return sum / static_cast<double>(graph.size());
}

double mean_reach(const Graph& graph, const std::vector<bool>& alive) {
    double living = 0;
    double connected = 0;
    for (std::uint32_t a = 0; a < graph.size(); ++a) {
        if (!alive[a]) continue;
        living += 1;
        for (const int steps : distances(graph, a, alive)) connected += steps >= 0 ? 1 : 0;
    }
    return connected / (living * living);
}

}  // namespace coop::protocol::test
