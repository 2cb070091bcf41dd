"""import coopsim, as a notebook would."""

import os
import shutil
import signal
import sqlite3
import threading
import time

import pytest

import coopsim
from conftest import SOURCE


def test_a_run_returns_its_results_as_data_frames(scenario, tmp_path):
    run = coopsim.run(str(scenario), out=str(tmp_path / "out"))
    assert run.passed
    assert len(run.nodes()) == 6
    assert run.scalar("objects.put") == 1
    assert run.scalar("objects.lost") == 0
    units = run.scalars().set_index("metric")["unit"]
    assert units["notice.latency_median"] == "s"
    series = run.series("copies.mean")
    assert series.attrs["unit"] == "copies"
    assert series["time_s"].is_monotonic_increasing
    assert series["value"].iloc[-1] == 3
    assert run.histogram("notice.latency")["count"].sum() > 0


def test_a_run_is_opened_from_its_folder_and_from_latest(scenario, tmp_path):
    run = coopsim.run(str(scenario), out=str(tmp_path / "out"))
    assert coopsim.open(run.path).fingerprint == run.fingerprint
    assert coopsim.open(str(tmp_path / "out" / "latest")).fingerprint == run.fingerprint


def test_seed_and_set_change_the_run(scenario, tmp_path):
    out = str(tmp_path / "out")
    first = coopsim.run(str(scenario), out=out)
    again = coopsim.run(str(scenario), out=out)
    other = coopsim.run(str(scenario), out=out, seed=7)
    larger = coopsim.run(str(scenario), out=out, set={"members.count": 9, "members.share_of_line": "5%"})
    assert first.fingerprint == again.fingerprint
    assert first.fingerprint != other.fingerprint
    assert len(larger.nodes()) == 9
    share = larger.parameters().loc["members.share_of_line"]
    assert (share["value"], share["unit"]) == ("5", "%")


def test_events_are_kept_when_asked_for(scenario, tmp_path):
    run = coopsim.run(str(scenario), out=str(tmp_path / "out"), events=True)
    events = run.events()
    assert events["sequence"].is_monotonic_increasing
    accepted = run.events(kind="put_accepted")
    assert list(accepted["node"]) == [2]
    assert accepted["data"].iloc[0]["size"] == 256 * 1024
    assert coopsim.run(str(scenario), out=str(tmp_path / "out")).events().empty


def test_a_wrong_file_is_an_exception_with_its_place(tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('duration = "1h"\n[members]\ncuont = 3\n')
    with pytest.raises(coopsim.ScenarioError) as caught:
        coopsim.run(str(wrong), out=str(tmp_path / "out"))
    assert caught.value.file.endswith("wrong.toml")
    assert (caught.value.line, caught.value.column) == (3, 1)
    assert "count" in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_seed_is_a_whole_number_that_fits(scenario, tmp_path):
    for wrong in (-1, 2**63, 2**64 - 1, 2**64):
        with pytest.raises(ValueError, match=f"seed is {wrong}, and must be a whole number from 0"):
            coopsim.run(str(scenario), seed=wrong, out=str(tmp_path / "out"))
    with pytest.raises(TypeError):
        coopsim.run(str(scenario), seed=1.5, out=str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()
    assert coopsim.run(str(scenario), seed=2**63 - 1, out=str(tmp_path / "out")).about["seed"] == 2**63 - 1


def test_an_unknown_histogram_is_a_key_error_with_the_nearest_name(scenario, tmp_path):
    run = coopsim.run(str(scenario), out=str(tmp_path / "out"))
    with pytest.raises(KeyError, match="did you mean notice.latency?"):
        run.histogram("notice.latncy")
    with pytest.raises(KeyError, match="no histogram foo was measured; measured: .*notice.latency"):
        run.histogram("foo")
    with pytest.raises(KeyError, match="did you mean"):
        run.histogram("notice.latency_median")  # a figure, and no histogram


def test_an_unknown_series_or_figure_is_told_as_a_histogram_is(scenario, tmp_path):
    run = coopsim.run(str(scenario), out=str(tmp_path / "out"))
    with pytest.raises(KeyError, match="no series copies.maen was measured; did you mean copies.mean?"):
        run.series("copies.maen")
    with pytest.raises(KeyError, match="no series foo was measured; measured: .*copies.mean"):
        run.series("foo")
    with pytest.raises(KeyError, match="no scalar objects.lots was measured; did you mean objects.lost?"):
        run.scalar("objects.lots")


def test_only_a_run_that_went_to_its_end_has_passed(scenario, tmp_path):
    run = coopsim.run(str(scenario), out=str(tmp_path / "out"))
    assert run.passed
    # What a killed run and an interrupted one leave behind: every expectation so far holds.
    for status in ("running", "interrupted", "failed"):
        database = tmp_path / f"{status}.db"
        shutil.copy(f"{run.path}/results.db", database)
        with sqlite3.connect(database) as changed:
            changed.execute("UPDATE run SET status = ?", (status,))
        changed.close()
        unfinished = coopsim.open(str(database))
        assert unfinished.about["status"] == status
        assert unfinished.violations().empty and unfinished.expectations()["passed"].all()
        assert not unfinished.passed


def test_a_torn_database_is_an_exception(scenario, tmp_path):
    run = coopsim.run(str(scenario), out=str(tmp_path / "out"))
    torn = tmp_path / "torn.db"
    whole = open(f"{run.path}/results.db", "rb").read()
    torn.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(coopsim.ResultsError):
        coopsim.open(str(torn)).scalars()


def test_other_threads_go_on_while_a_scenario_runs(scenario, tmp_path):
    ticks = []
    done = threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(1)
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    before = len(ticks)
    longer = {"duration": "2h", "members.count": 16}
    try:
        coopsim.run(str(scenario), out=str(tmp_path / "out"), set=longer)
        after = len(ticks)
    finally:
        done.set()
        thread.join()
    assert after > before + 3


def test_ctrl_c_stops_a_run_and_keeps_what_was_measured(tmp_path):
    # A shell starts background jobs with SIGINT ignored, and Python then leaves it so.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        village = str(SOURCE / "scenarios/village.toml")
        coopsim.run(village, out=str(tmp_path / "out"), set={"duration": "3000d"})
    assert coopsim.open(str(tmp_path / "out" / "latest")).about["status"] == "interrupted"
