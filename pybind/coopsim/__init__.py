"""coopsim: what a cooperative's cloud of small computers would do, before anybody buys one.

>>> import coopsim
>>> run = coopsim.run("scenarios/village.toml", seed=3, set={"members.count": 60})
>>> run.passed
True
>>> run.scalars().query("node.isna()")        # one row a metric, with its unit
>>> run.series("copies.mean")                 # a DataFrame over time
>>> coopsim.open("out/latest").events()       # of a run made with events=True
"""

from coopsim.errors import ResultsError, ScenarioError
from coopsim.runs import Run, open, run

__all__ = ["ResultsError", "Run", "ScenarioError", "open", "run"]
