"""coopsim, as its user meets it."""

import json
import os
import pathlib
import pty
import re
import resource
import shutil
import signal
import subprocess
import time

import pytest

from conftest import COOPSIM, SOURCE, coopsim, start

LATEST = pathlib.Path("out/latest")
BOARD = """name = "kitchen"
data = "board"
listen = "127.0.0.1:0"
[owner]
line_up = "10Mbit/s"
line_down = "50Mbit/s"
disk = "100MB"
"""


def manifest(run=LATEST):
    return json.loads((run / "manifest.json").read_text())


def fingerprint(text):
    return re.search(r"Fingerprint ([0-9a-f]{16})", text).group(1)


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


def expect_too_much(home):
    file = home / "tiny.toml"
    file.write_text(file.read_text().replace("most = 0", "least = 9"))


def is_under_way():
    """The first figures are flushed after two seconds."""
    said = coopsim("report").stdout
    return "data of the first" in said


# --- wrong words ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words, says",
    [
        (["rnu"], 'unknown command "rnu"\n   did you mean "run"?'),
        (["frobnicate"], 'unknown command "frobnicate"\n   known: run, testbed'),
        (["run", "--nope"], 'unknown option "--nope"\n   known: '),
        (["run", "tiny.toml", "--sede", "3"], 'did you mean "--seed"?'),
        (["export", "--grahp=eager"], 'did you mean "--graph"?'),
        (["--versoin"], 'did you mean "--version"?'),
        ([], "coopsim: which command?\n   known: run, testbed, compare, export, policies, report   see"),
        (["run"], "coopsim run: scenario is required\n   see coopsim run --help"),
        (["compare", "out/latest"], "coopsim compare: other is required"),
        (["run", "tiny.toml", "more"], "more"),
        (["run", "tiny.toml", "--set", "name=latest"], "<--set>:1:6: a scenario is not called latest"),
        (["run", "tiny.toml", "--set", "seed=" + "9" * 22], "allowed: 0 to 9223372036854775807"),
        (["run", "tiny.toml", "--seed", "-1"], 'from 0 to 9223372036854775807, and "-1" is not'),
        (["run", "tiny.toml", "--seed", "99999999999999999999"], '"99999999999999999999" is not'),
        (["run", "tiny.toml", "--out", ""], "--out is empty"),
        (["run", "tinny.toml"], 'did you mean "tiny.toml"?'),
        (["run", "tiny.toml", "--set", "members.cuont=3"], 'did you mean "count"?'),
        (["run", "tiny.toml", "--set", "members.count=\x1b[31m"], "^"),
        (["run", "tiny.toml", "--memory", "8"], '--memory is a size with its unit, and "8" is not'),
        (["run", "tiny.toml", "--memory", "8MB"], "need about 10.5 MB of memory, and 8.0 MB may be used"),
        (["run", "tiny.toml", "--memory", "2GB", "--set", "members.count=200000"], "--memory 197700MB"),
        (["run", "tiny.toml", "--threads", "0"], "--threads: Value 0 not in range"),
        (["export", "--events", "--at", "1h"], "--at belongs to --graph"),
        (["export", "--graph", "eager", "--kind", "send"], "--kind belongs to --events"),
    ],
)
def test_a_wrong_word_is_named_and_nothing_is_written(home, words, says):
    ended = coopsim(*words)
    assert ended.returncode == 2
    assert says in ended.stderr
    assert "\x1b" not in ended.stderr
    assert not pathlib.Path("out").exists()


def test_help_tells_the_exit_codes(home):
    said = coopsim("--help")
    assert said.returncode == 0
    for code in ("0 every", "1 an exp", "2 a wrong", "3 out of memory", "4 a crash", "130 interr"):
        assert code in said.stdout


# --- a run and what it leaves -----------------------------------------------------------------


def test_a_run_ends_with_0_or_with_1(home):
    assert coopsim("run", "tiny.toml").returncode == 0
    expect_too_much(home)
    failing = coopsim("run", "tiny.toml")
    assert failing.returncode == 1
    assert "FAIL" in failing.stdout


def test_the_manifest_says_what_made_the_run(home):
    ended = coopsim("run", "tiny.toml", "--seed", "7", "--set", "members.count=5")
    said = manifest()
    assert said["status"] == "finished"
    assert said["fingerprint"] == fingerprint(ended.stdout)
    assert said["seed"] == 7
    assert said["overrides"] == ["members.count=5", "seed=7"]
    assert said["compiler"] and "commit" in said
    assert said["peak_rss_bytes"] > 0


def test_a_run_is_repeated_from_its_folder_alone(home, tmp_path_factory):
    made = coopsim("run", "tiny.toml", "--seed", "7", "--set", "members.count=5")
    elsewhere = tmp_path_factory.mktemp("else where")
    run = elsewhere / "it's a run"
    shutil.copytree(LATEST.resolve(), run)
    pathlib.Path("tiny.toml").unlink()
    pathlib.Path("hw-profiles").unlink()
    again = subprocess.run([run / "reproduce.sh"], cwd=elsewhere, capture_output=True, text=True, timeout=60)
    assert again.returncode == 0, again.stderr
    assert fingerprint(again.stdout) == fingerprint(made.stdout)
    assert (elsewhere / "out" / "latest" / "manifest.json").exists()


def test_repeating_keeps_the_exit_status(home):
    expect_too_much(home)
    coopsim("run", "tiny.toml")
    assert subprocess.run([LATEST / "reproduce.sh"], capture_output=True, timeout=60).returncode == 1
    nowhere = {"COOPSIM": "/nowhere"}
    lost = subprocess.run([LATEST / "reproduce.sh"], env=nowhere, capture_output=True, text=True)
    assert (lost.returncode, "/nowhere" in lost.stderr) == (2, True)


def test_a_files_name_with_a_space_resolves_to_one_that_loads(home):
    pathlib.Path("tiny.toml").rename("Unser Dorf.toml")
    made = coopsim("run", "Unser Dorf.toml")
    assert manifest()["scenario"] == "Unser-Dorf"
    again = subprocess.run([LATEST / "reproduce.sh"], capture_output=True, text=True, timeout=60)
    assert fingerprint(again.stdout) == fingerprint(made.stdout)


def test_a_graph_is_the_last_one_unless_a_time_is_asked_for(home):
    coopsim("run", "tiny.toml")
    last = coopsim("export", "--graph", "active")
    assert last.returncode == 0
    assert last.stdout == coopsim("export", "--graph", "active", "--at", "10min").stdout
    assert last.stdout.count("\n") > 4
    before = coopsim("export", "--graph", "eager", "--at", "-1s")
    assert before.returncode == 2
    assert re.search(r"there are \d+: ", before.stderr)


def test_the_overlay_at_twelve_hours_is_that_of_twelve_hours(home):
    """As in a village of a month: too many samples to keep the overlay at each."""
    file = home / "tiny.toml"
    file.write_text(file.read_text().replace('every = "2min"', 'every = "2d"'))
    long = ["duration=10d", "results.sample_every=20min", "members.hours=1h", "members.count=3"]
    words = [word for value in long for word in ("--set", value)]
    assert coopsim("run", "tiny.toml", *words).returncode == 0
    exact = coopsim("export", "--graph", "active", "--at", "12h")
    assert (exact.returncode, exact.stderr) == (0, "active at 12h\n")
    between = coopsim("export", "--graph", "active", "--at", "12.5h")
    assert between.stderr == (
        "active at 12h, the newest one at or before 12.5h; there are 241: 20min, 1h, 2h, 3h, 4h, …, 10d\n"
    )
    assert between.stdout == exact.stdout
    assert coopsim("export", "--graph", "eager").stderr == "eager at 10d\n"


def test_an_overlay_is_kept_at_the_end_also_between_samples(home):
    coopsim("run", "tiny.toml", "--set", "results.sample_every=7min")
    assert coopsim("export", "--graph", "active").stderr == "active at 10min\n"


# --- memory -----------------------------------------------------------------------------------


def test_a_run_that_grows_beyond_its_memory_ends_with_3_and_keeps_its_results(home):
    """It fits when it starts, and a thousand days of notices do not."""
    ended = coopsim("run", "tiny.toml", "--memory", "11MB", "--set", "duration=3000d")
    assert ended.returncode == 3
    assert "Stopped: it grew beyond the 11.0 MB of memory that it may use (--memory)." in ended.stdout
    assert manifest()["status"] == "interrupted"
    assert coopsim("report").returncode == 0


@pytest.mark.skipif(bool(os.environ["COOP_SANITIZED"]), reason="a sanitizer has memory of its own")
@pytest.mark.parametrize("before, after", [(None, "glibc.malloc.hugetlb=1"), ("glibc.malloc.hugetlb=0",) * 2])
def test_a_run_asks_for_huge_pages_unless_its_user_has_decided(home, monkeypatch, before, after):
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    if before:
        monkeypatch.setenv("GLIBC_TUNABLES", before)
    run = start()
    wait_for(lambda: (LATEST / "results.db").exists())
    environment = pathlib.Path(f"/proc/{run.pid}/environ").read_text().split("\0")
    run.kill()
    run.communicate()
    assert [each for each in environment if each.startswith("GLIBC_TUNABLES=")] == [f"GLIBC_TUNABLES={after}"]


# --- threads ----------------------------------------------------------------------------------


def test_a_run_on_several_threads_is_the_same_run(home):
    words = ["run", "tiny.toml", "--events", "--threads"]
    several = coopsim(*words, "3")
    assert "On one thread" not in several.stderr
    events = coopsim("export", "--events").stdout
    one = coopsim(*words, "1")
    assert several.stdout.split("Fingerprint")[1][:17] == one.stdout.split("Fingerprint")[1][:17]
    assert events == coopsim("export", "--events").stdout
    assert events.count("\n") > 100


def test_a_run_whose_messages_arrive_at_once_stays_on_one_thread_and_says_so(home):
    (home / "hw-profiles").unlink()
    shutil.copytree(SOURCE / "hw-profiles", home / "hw-profiles")
    lines = home / "hw-profiles" / "lines.toml"
    at_once = re.sub(r'((?:first_hop|one_way_least) = \{ value = )"[^"]*"', r'\1"0s"', lines.read_text())
    lines.write_text(at_once)
    ended = coopsim("run", "tiny.toml", "--threads", "2")
    assert ended.returncode == 0
    assert "On one thread: a message may arrive at once here" in ended.stderr


def test_a_run_that_encodes_stays_on_one_thread_and_says_so(home):
    ended = coopsim("run", "tiny.toml", "--threads", "2", "--encode", "always")
    assert "On one thread: messages that are encoded" in ended.stderr


# --- a run that does not end ------------------------------------------------------------------


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGHUP])
def test_an_interrupted_run_keeps_its_results(home, signal_number):
    run = start()
    wait_for(lambda: (LATEST / "results.db").exists())
    time.sleep(0.3)
    run.send_signal(signal_number)
    said, _ = run.communicate(timeout=20)
    assert run.returncode == 130
    assert "cover only the first" in said and "of 3000.0 days" in said
    assert manifest()["status"] == "interrupted"
    report = coopsim("report")
    assert "interrupted" in report.stdout and "cover only the first" in report.stdout
    assert coopsim("export", "--series", "objects.stored").returncode == 0


def test_a_killed_run_says_that_it_did_not_end_and_until_when_it_has_data(home):
    run = start("--seed", "11")
    wait_for(is_under_way)
    run.kill()
    run.communicate()
    said = manifest()
    assert (said["status"], said["seed"]) == ("running", 11)
    assert (LATEST / "reproduce.sh").exists() and (LATEST / "scenario.toml").exists()
    report = coopsim("report")
    assert report.returncode == 1
    until_when = r"did not end.* data of the first [1-9][0-9.]* (min|h|days) of 3000.0 days"
    assert re.search(until_when, report.stdout)
    assert coopsim("export", "--series", "objects.stored").stdout.count("\n") > 1


def test_a_full_disk_ends_a_run_at_once_and_with_a_message(home):
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
    run = start("--events", preexec_fn=limit)
    _, complaint = run.communicate(timeout=40)
    assert run.returncode == 2
    assert "disk" in complaint and "stopped after" in complaint
    report = coopsim("report")
    assert report.returncode == 1
    assert "This run failed before its end." in report.stdout
    assert manifest()["status"] == "failed"


# --- where it prints --------------------------------------------------------------------------


def test_output_that_is_lost_is_no_success(home):
    coopsim("run", "tiny.toml")
    for words in (["run", "tiny.toml"], ["report"], ["policies"], ["export", "--graph", "active"],
                  ["export", "--series", "objects.stored"], ["--help"]):
        with open("/dev/full", "w") as full:
            ended = coopsim(*words, stdout=full)
        assert ended.returncode == 2, words
        assert "could be written" in ended.stderr


def test_there_is_a_progress_line_on_a_terminal_only(home):
    assert coopsim("run", "tiny.toml").stderr == ""
    ours, theirs = pty.openpty()
    run = start(stderr=theirs)
    os.close(theirs)
    shown = b""
    while b"simulated seconds a second" not in shown:
        shown += os.read(ours, 1000)
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=20)
    os.close(ours)
    assert b" %, " in shown and b" left, " in shown


# --- bugs -------------------------------------------------------------------------------------


@pytest.mark.parametrize("signal_number", [signal.SIGABRT, signal.SIGSEGV])
@pytest.mark.parametrize("program", ["coopsim", "coopnode"])
def test_a_crash_ends_with_4_and_says_whose_fault_it_is(home, program, signal_number):
    if signal_number == signal.SIGSEGV and os.environ["COOP_SANITIZED"]:
        pytest.skip("the sanitizer reports it in its own way")
    if program == "coopsim":
        crashed = start()
        wait_for(lambda: LATEST.exists())
    else:
        pathlib.Path("node.toml").write_text(BOARD)
        words = [os.environ["COOPNODE"], "--config", "node.toml"]
        crashed = subprocess.Popen(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        wait_for(lambda: pathlib.Path("board").exists())
    crashed.send_signal(signal_number)
    _, complaint = crashed.communicate(timeout=20)
    assert crashed.returncode == 4
    assert f"this is a bug of {program}" in complaint
