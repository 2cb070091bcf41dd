#include "engine/results/schema.hpp"

namespace coop::results {
namespace {

// Absent nodes are NULL; ifnull(node, -1) makes them comparable in unique indexes.
constexpr const char* schema = R"sql(
CREATE TABLE run (
  id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('simulated', 'testbed')),
  version TEXT NOT NULL, seed INTEGER NOT NULL, started_utc TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'interrupted', 'failed')),
  fingerprint TEXT NOT NULL, simulated_ns INTEGER NOT NULL, wall_s REAL NOT NULL,
  peak_rss_bytes INTEGER NOT NULL);
CREATE TABLE run_attribute (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE parameter (
  key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, unit TEXT NOT NULL, origin TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE node (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, group_name TEXT NOT NULL, board TEXT NOT NULL,
  line TEXT NOT NULL,
  up_bytes_per_s INTEGER NOT NULL, down_bytes_per_s INTEGER NOT NULL, share_ppm INTEGER NOT NULL,
  hours_start_ns INTEGER NOT NULL, hours_length_ns INTEGER NOT NULL, disk_bytes INTEGER NOT NULL);
CREATE TABLE metric (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, unit TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('scalar', 'histogram', 'series')), help TEXT NOT NULL);
CREATE TABLE scalar (metric INTEGER NOT NULL REFERENCES metric, node INTEGER, value REAL);
CREATE UNIQUE INDEX scalar_by_metric ON scalar (metric, ifnull(node, -1));
CREATE TABLE histogram (
  id INTEGER PRIMARY KEY, metric INTEGER NOT NULL REFERENCES metric, node INTEGER,
  count INTEGER NOT NULL, sum REAL NOT NULL, least REAL, most REAL);
CREATE UNIQUE INDEX histogram_by_metric ON histogram (metric, ifnull(node, -1));
CREATE TABLE histogram_bin (
  histogram INTEGER NOT NULL REFERENCES histogram, lower REAL NOT NULL, upper REAL NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (histogram, lower)) WITHOUT ROWID;
CREATE TABLE series (id INTEGER PRIMARY KEY, metric INTEGER NOT NULL REFERENCES metric, node INTEGER);
CREATE UNIQUE INDEX series_by_metric ON series (metric, ifnull(node, -1));
CREATE TABLE series_chunk (
  series INTEGER NOT NULL REFERENCES series, chunk INTEGER NOT NULL, samples INTEGER NOT NULL,
  first_ns INTEGER NOT NULL, step_ns INTEGER, times_i64 BLOB, values_f64 BLOB NOT NULL, PRIMARY KEY (series,
  chunk));
CREATE TABLE event (
  sequence INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL, node INTEGER, kind TEXT NOT NULL,
  data TEXT NOT NULL);
CREATE TABLE fault (time_ns INTEGER NOT NULL, kind TEXT NOT NULL, nodes TEXT NOT NULL, detail TEXT NOT NULL);
CREATE TABLE violation (time_ns INTEGER NOT NULL, checker TEXT NOT NULL, node INTEGER, detail TEXT NOT NULL);
CREATE TABLE expectation (
  metric TEXT NOT NULL, comparison TEXT NOT NULL, wanted REAL, got REAL, unit TEXT NOT NULL,
  passed INTEGER NOT NULL, origin TEXT NOT NULL);
CREATE TABLE snapshot (
  graph TEXT NOT NULL, time_ns INTEGER NOT NULL, edges INTEGER NOT NULL, PRIMARY KEY (graph,
  time_ns)) WITHOUT ROWID;
CREATE TABLE edge (
  graph TEXT NOT NULL, time_ns INTEGER NOT NULL, from_node INTEGER NOT NULL, to_node INTEGER NOT NULL,
  PRIMARY KEY (graph, time_ns, from_node, to_node)) WITHOUT ROWID;
)sql";

}  // namespace

const sqlite::Format format{
    .title = "a results database of coopsim",
    .application_id = application_id,
    .version = schema_version,
    .schema = schema,
    .if_corrupt = "Run the scenario again, or save what can be read with: sqlite3 FILE .recover",
    .if_foreign = "Give the folder of a run, or the results.db in it, such as out/latest/results.db",
    .if_newer = "Read it with the version of coopsim that wrote it, or a later one.",
};

}  // namespace coop::results
