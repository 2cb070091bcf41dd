// The overlay as a graph, and what is measured on it.
#pragma once

#include <cstdint>
#include <vector>

namespace coop::protocol::test {

/// Neighbours of each node, as each node sees them: `a` may list `b` without `b` listing `a`.
using Graph = std::vector<std::vector<std::uint32_t>>;

/// Links that only one end holds.
std::size_t one_sided(const Graph& graph);
/// Over all ordered pairs that are connected.
double mean_shortest_path(const Graph& graph);
/// Watts and Strogatz: the mean over nodes of the share of pairs of neighbours that are neighbours.
double clustering(const Graph& graph);
/// The share of the ordered pairs among living nodes that are connected through living nodes; a broadcast
/// from a random survivor reaches this part of the survivors on average.
double mean_reach(const Graph& graph, const std::vector<bool>& alive);

}  // namespace coop::protocol::test
