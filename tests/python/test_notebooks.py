"""Every notebook runs from top to bottom."""

import os

import nbformat
import pytest
from nbclient import NotebookClient

from conftest import SOURCE

NOTEBOOKS = sorted((SOURCE / "notebooks").glob("*.ipynb"))


def lay_out_scenarios(folder):
    """A sanitizer makes minutes of a village of forty: there it has six members."""
    if not os.environ.get("COOP_SANITIZED"):
        folder.symlink_to(SOURCE / "scenarios")
        return
    folder.mkdir()
    village = (SOURCE / "scenarios/village.toml").read_text()
    assert "count = 40\n" in village
    (folder / "village.toml").write_text(village.replace("count = 40\n", "count = 6\n"))


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_and_draws(path, tmp_path, monkeypatch):
    lay_out_scenarios(tmp_path / "scenarios")  # results go beside it, not into the checkout
    monkeypatch.setenv("PYTHONPATH", os.environ["PYTHONPATH"])
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    notebook = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=where).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    drawn = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(drawn) >= 3
