"""Side by side: the same work in ns-3, SimGrid, SimPy and coopsim, one after the other on one core.

    run.py PROGRAMS [--quick]     PROGRAMS: the folder of those that were built; --quick: a tenth, up to 10^4

Prints a table, and under it what each peer does not model. Exit 0: all ran; 1: one of them failed, and is
named; 2: the command line. A peer whose package is not installed is left out, and the package is named.
"""

import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import ends
from cases import CASES, OURS, PEERS, peer_of, quick

HERE = pathlib.Path(__file__).resolve().parent
TIMEOUT_S = 900
REACH_MIN = 0.97  # fanout 5 that infects and dies reaches 1 - exp(-5) = 0.993
COLUMNS = ("work", "n", "peer", "events/s", "ours/peer", "messages/s", "reach", "rounds", "s", "peak RSS",
           "lines")
NEEDED = ("events", "messages", "seconds", "reach", "peak_rss_bytes")


class Failed(Exception):
    pass


def say(text):
    print(f"peers: {text}", file=sys.stderr, flush=True)


def read_words(words):
    """The folder of the programs, and whether to be quick."""
    unknown = [word for word in words if word.startswith("-") and word != "--quick"]
    folders = [word for word in words if not word.startswith("-")]
    if unknown:
        say(f'unknown argument "{unknown[0]}": only --quick is known')
    elif len(folders) != 1:
        say(f"wants one folder, that of the programs, and got {len(folders)}")
    elif not (pathlib.Path(folders[0]) / "ours_phold").exists():
        say(f"{folders[0]} holds no ours_phold: build bench_peers first, or run ./coop bench peers")
    else:
        return pathlib.Path(folders[0]), "--quick" in words
    sys.exit(2)


def command(case, programs):
    """What starts it; nothing when it was not built or cannot be run."""
    if case.program.endswith(".py"):
        there = subprocess.run([sys.executable, "-c", "import simpy"], capture_output=True, check=False)
        start = [sys.executable, "-B", str(HERE / case.program)] if there.returncode == 0 else None
    else:
        program = programs / case.program.removesuffix(".cpp")
        start = [str(program)] if program.exists() else None
    return start and start + [str(case.n), str(case.amount)]


def measure(case, start, ended):
    """A dict for every round. A program may time fewer than it is asked for: then it is run again.

    `ended`: a file for when its files were through, if it sends any.
    """
    rounds = []
    while len(rounds) < case.rounds:
        words = start + [str(case.rounds - len(rounds))] + ([case.how] if case.how else [])
        try:
            ran = subprocess.run(words, capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
                                 env={**os.environ, ends.VARIABLE: str(ended)})
        except subprocess.TimeoutExpired as late:
            raise Failed(f"did not end within {TIMEOUT_S} s") from late
        if ran.returncode != 0:
            said = ran.stderr.strip().splitlines() or ["nothing"]
            raise Failed(f"ended with {ran.returncode} and said: {said[-1]}")
        try:
            new = [json.loads(line) for line in ran.stdout.splitlines()]
            fresh = [{key: float(line[key]) for key in NEEDED} for line in new]
        except (ValueError, KeyError, TypeError) as wrong:
            raise Failed(f"printed what is no measurement: {wrong}") from wrong
        if not fresh:
            raise Failed("printed nothing")
        rounds += fresh
    reach = min(each["reach"] for each in rounds)
    if reach < REACH_MIN:
        raise Failed(f"reached only {reach:.1%}: that is not the same work")
    return rounds


def lines(case):
    """What its user writes: lines that are neither empty nor a comment alone."""
    count = 0
    for name in (case.program, *case.beside):
        for line in (HERE / name).read_text(encoding="utf-8").splitlines():
            count += bool(line.strip()) and not line.strip().startswith(("//", "#!", '"""'))
    return count


def rate_of(rounds, what):
    return statistics.median(each[what] / each["seconds"] for each in rounds)


def short(rate):
    if rate < 1e3:
        return f"{rate:.3g}"
    return f"{rate / 1e6:.3g} M" if rate >= 1e6 else f"{rate / 1e3:.3g} k"


def row(case, rounds, ours):
    rate = rate_of(rounds, "events")
    peak = max(each["peak_rss_bytes"] for each in rounds)
    return (case.work, f"{case.n:,}".replace(",", " "), case.peer, short(rate),
            f"{ours / rate:.2g}" if ours else "–", short(rate_of(rounds, "messages")),
            f"{min(each['reach'] for each in rounds):.3f}", str(len(rounds)),
            f"{statistics.median(each['seconds'] for each in rounds):.2f}",
            f"{peak / 2**20:.0f} MiB", str(lines(case)))


def table(rows):
    widths = [max(len(each[i]) for each in (COLUMNS, *rows)) for i in range(len(COLUMNS))]
    ruler = tuple("-" * width for width in widths)
    for each in (COLUMNS, ruler, *rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(each, widths)) + " |")


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        names = [line.split(":", 1)[1].strip() for line in info if line.startswith("model name")]
    return names[0] if names else "unknown processor"


def compare(case, folder):
    """What two engines say about when the same files were through."""
    try:
        return f"{case.work} {case.n}, {case.peer}: " + ends.compare(folder / OURS, folder / case.peer)
    except ends.Differ as why:
        raise Failed(f"{why}: that is not the same sharing") from why


def run_all(programs, is_quick, folder):
    """The rows, the names of those that ran, what failed, and how engines agree."""
    rows, ran, failed, agreed, left_out, ours = [], [], [], [], set(), {}
    for case in filter(None, map(quick, CASES) if is_quick else CASES):
        peer = peer_of(case)
        start = command(case, programs)
        if start is None:
            if peer.package not in left_out:
                say(f"{peer.name.split()[0]} is left out: it wants the package {peer.package}")
            left_out.add(peer.package)
            continue
        say(f"{case.work} {case.n}: {case.peer}")
        try:
            rounds = measure(case, start, folder / case.peer)
            if case.work.startswith("flows") and case.peer != OURS and (case.work, case.n) in ours:
                agreed.append(compare(case, folder))
        except Failed as why:
            failed.append(f"{case.work} {case.n}, {case.peer} ({case.program}): {why}")
            say(failed[-1])
            continue
        if case.peer == OURS:
            ours[case.work, case.n] = rate_of(rounds, "events")
        rows.append(row(case, rounds, ours.get((case.work, case.n))))
        ran.append(peer.name)
    return rows, ran, failed, agreed


def main(words):
    programs, is_quick = read_words(words)
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        rows, ran, failed, agreed = run_all(programs, is_quick, pathlib.Path(folder))
    print(f"{datetime.date.today()}, {processor()}, core {core} of {os.cpu_count()}, load before {load:.1f}; "
          f"medians{' of one tenth: quick' if is_quick else ''}\n")
    table(rows)
    print("".join(f"\n- {each}" for each in agreed))
    print("\nevents: hops (phold), first deliveries (gossip), beats received (heartbeat), files (flows).\n"
          "messages: all that arrived, announcements and second copies too. s: of the processor, a round.\n"
          "lines: what its user writes.\nWhat a figure is of, and what it leaves out:")
    for peer in PEERS.values():
        if peer.name in ran:
            print(f"- {peer.name}: {peer.lacks}.")
    for each in failed:
        say(f"failed: {each}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
