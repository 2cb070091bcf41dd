"""Runs: made by simulating a scenario, or opened from where their results lie."""

from __future__ import annotations

import difflib
import json
import operator
from typing import Any, Mapping, Optional, Union

import pandas as pd

from coopsim import _core


def run(
    scenario: str,
    seed: Optional[int] = None,
    set: Optional[Mapping[str, Any]] = None,
    out: str = "out",
    events: bool = False,
) -> "Run":
    """Simulate a scenario file and return its results.

    scenario: path of the TOML file.
    seed: another draw of everything that is left to chance, 0 to 2**63 - 1; the file's own unless given.
    set: values to change, by dotted key: ``{"members.count": 60, "members.hours": "5h"}``.
    out: folder for results; they go to ``<out>/<scenario>/<run id>/``.
    events: keep every event (large).

    Other Python threads go on meanwhile. Ctrl-C stops the run, keeps what was measured, and raises
    KeyboardInterrupt. Raises ScenarioError for a wrong file or value, ValueError for a wrong seed, and
    ResultsError when results cannot be written.
    """
    if seed is not None:
        seed = operator.index(seed)
        if not 0 <= seed < 2**63:  # what the file's own `seed` takes
            raise ValueError(f"seed is {seed}, and must be a whole number from 0 to 2**63 - 1")
    overrides = [f"{key}={_as_toml(value)}" for key, value in (set or {}).items()]
    made = _core.run(scenario, seed, overrides, out, events)
    return Run(made["folder"], summary=made["summary"])


def open(path: str = "out/latest") -> "Run":
    """The results in a run's folder (or in a results.db). Raises ResultsError when they cannot be read."""
    return Run(path)


def _as_toml(value: Union[bool, int, float, str, list, dict]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_as_toml(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_as_toml(item)}" for key, item in value.items()) + " }"
    return repr(value)


def _not_measured(kind: str, metric: str, known: list) -> KeyError:
    nearest = difflib.get_close_matches(metric, known, n=1, cutoff=0.5)
    hint = f"did you mean {nearest[0]}?   " if nearest else ""
    names = ", ".join(sorted(known)) or "none"
    return KeyError(f"no {kind} {metric} was measured; {hint}measured: {names}")


class Run:
    """One run's results as pandas data frames. Times are seconds since the run's own midnight of day 0."""

    def __init__(self, path: str, summary: str = ""):
        self.path = path
        self.summary = summary  #: what a member of a cooperative reads; empty for a run that was opened
        self._reader = _core.Reader(path)

    @property
    def about(self) -> dict:
        """Name, source, seed, fingerprint, wall time and the like."""
        return self._reader.about()

    @property
    def fingerprint(self) -> str:
        return self.about["fingerprint"]

    @property
    def passed(self) -> bool:
        """Whether it went to its end, every expectation of the scenario holds, and no invariant broke."""
        finished = self.about["status"] == "finished"
        return finished and bool(self.expectations()["passed"].all()) and self.violations().empty

    def nodes(self) -> pd.DataFrame:
        """One row a member: board, line, share, hours (s), disk (bytes). Index: node."""
        return pd.DataFrame(self._reader.nodes()).set_index("node")

    def parameters(self) -> pd.DataFrame:
        """Every resolved value of the scenario and where it came from. Index: key."""
        return pd.DataFrame(self._reader.parameters()).set_index("key")

    def metrics(self) -> pd.DataFrame:
        """What was measured: unit, kind and one sentence of help. Index: metric."""
        return pd.DataFrame(self._reader.metrics()).set_index("metric")

    def scalars(self) -> pd.DataFrame:
        """Columns metric, node (missing: the whole run), value, unit."""
        frame = pd.DataFrame(self._reader.scalars())
        frame["node"] = frame["node"].astype("Int64")
        return frame

    def scalar(self, metric: str) -> float:
        """One figure of the whole run, in the unit that ``metrics()`` states.

        Raises KeyError, with the nearest name, when the run has no such figure.
        """
        frame = self.scalars()
        frame = frame[frame["node"].isna()]
        found = frame[frame["metric"] == metric]
        if found.empty:
            raise _not_measured("scalar", metric, list(frame["metric"].unique()))
        return float(found["value"].iloc[0])

    def series(self, metric: str, node: Optional[int] = None) -> pd.DataFrame:
        """Columns time_s and value; the unit is in ``frame.attrs["unit"]``.

        Raises KeyError, with the nearest name, when the run has no such series.
        """
        self._demand("series", metric)
        columns = self._reader.series(metric, node)
        time_s = pd.Series(columns["time_ns"], dtype="int64") / 1e9
        frame = pd.DataFrame({"time_s": time_s, "value": columns["value"]})
        frame.attrs["unit"] = columns["unit"]
        return frame

    def histogram(self, metric: str) -> pd.DataFrame:
        """Columns node, lower, upper (inclusive edges, in the unit of ``frame.attrs``) and count.

        Raises KeyError, with the nearest name, when the run has no such histogram.
        """
        self._demand("histogram", metric)
        columns = self._reader.histogram(metric)
        units = columns.pop("unit")
        frame = pd.DataFrame(columns)
        frame.attrs["unit"] = units[0] if units else ""
        return frame

    def events(self, kind: str = "", node: Optional[int] = None) -> pd.DataFrame:
        """Columns time_s, sequence, node, kind, data (a dict). Empty unless the run kept its events."""
        frame = pd.DataFrame(self._reader.events(kind, node))
        frame.insert(0, "time_s", frame.pop("time_ns").astype("int64") / 1e9)
        frame["data"] = [json.loads(text) for text in frame["data"]]
        return frame

    def faults(self) -> pd.DataFrame:
        """Columns time_s, kind, nodes, detail."""
        return self._timed(self._reader.faults())

    def violations(self) -> pd.DataFrame:
        """Columns time_s, checker, node, detail. Empty is good."""
        return self._timed(self._reader.violations())

    def expectations(self) -> pd.DataFrame:
        """What the scenario expected, and whether it came true."""
        return pd.DataFrame(self._reader.expectations())

    def __repr__(self) -> str:
        about = self.about
        return f"<coopsim.Run {about['name']} {about['id']} ({about['source']}, {about['status']})>"

    def _demand(self, kind: str, metric: str) -> None:
        metrics = self._reader.metrics()
        known = [name for name, its_kind in zip(metrics["metric"], metrics["kind"]) if its_kind == kind]
        if metric not in known:
            raise _not_measured(kind, metric, known)

    @staticmethod
    def _timed(columns: dict) -> pd.DataFrame:
        frame = pd.DataFrame(columns)
        frame.insert(0, "time_s", frame.pop("time_ns").astype("int64") / 1e9)
        return frame
