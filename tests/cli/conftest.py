"""A folder with a small scenario in it, and the built programs."""

import os
import pathlib
import subprocess

import pytest

SOURCE = pathlib.Path(os.environ["COOP_SOURCE_DIR"])
COOPSIM = os.environ["COOPSIM"]

TINY = """
duration = "10min"
[members]
count = 4
contacts = 2
boards = "ideal"
lines = "fibre"
share_of_line = "10%"
[[workload]]
kind = "notices"
every = "2min"
[results]
sample_every = "1min"
[[expect]]
metric = "objects.lost"
most = 0
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    (tmp_path / "hw-profiles").symlink_to(SOURCE / "hw-profiles")
    (tmp_path / "tiny.toml").write_text(TINY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COOPSIM")  # reproduce.sh obeys it
    return tmp_path


def coopsim(*words, **how):
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **how}
    return subprocess.run([COOPSIM, *words], text=True, timeout=60, **how)


def start(*words, **how):
    """A run that takes much longer than the test lasts."""
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    long = ["--set", "duration=3000d"]
    return subprocess.Popen([COOPSIM, "run", "tiny.toml", *words, *long], text=True, **how)
