import os
import pathlib

import pytest

SOURCE = pathlib.Path(os.environ["COOP_SOURCE_DIR"])


@pytest.fixture(autouse=True)
def hardware(tmp_path):
    """A scenario finds its boards and lines in a folder beside it, so that the tests run from anywhere."""
    (tmp_path / "hw-profiles").symlink_to(SOURCE / "hw-profiles")


@pytest.fixture
def scenario(tmp_path):
    """A small pool: six members, always awake, an hour, some notices and one photo."""
    path = tmp_path / "tiny.toml"
    path.write_text(
        """
title = "tiny"
duration = "1h"

[members]
count = 6
boards = "ideal"
lines = "fibre"
share_of_line = "10%"
hours = "24h"

[[workload]]
kind = "notices"
size = "1KiB"
every = "10min"

[[workload]]
kind = "photos"
size = "256KiB"
at = "5min"
by = 2

[results]
sample_every = "5min"

[[expect]]
metric = "objects.lost"
most = 0
"""
    )
    return path
