#!/usr/bin/python3
"""Counts the instructions of fixed pieces of work and holds them against baseline.json.

    check.py PROGRAM WORD …           fails when one is more than 5 % off, to either side
    check.py --write PROGRAM WORD …   makes what is counted now the baseline; CHANGELOG.md says why

Instructions, under Valgrind's callgrind, are nearly the same on every run and every day; seconds are not.
They depend on the compiler: CMakeLists.txt says of which the baseline is, and no other is judged.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys

BASELINE = pathlib.Path(__file__).with_name("baseline.json")
MOST_OFF = 5  # percent


def count(program, word):
    """What the work says it did, and what it took."""
    ended = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, word],
        capture_output=True,
        text=True,
    )
    found = re.search(r"Collected : (\d+)", ended.stderr)
    if ended.returncode != 0 or found is None:
        sys.exit(f"{program} {word} failed:\n{ended.stderr}")
    return {"did": int(ended.stdout), "instructions": int(found.group(1))}


def complaint(word, was, now):
    """Empty when all is as it was."""
    if was is None:
        return f"{word}: no baseline"
    if was["did"] != now["did"]:
        return f"{word}: does {now['did']} where it did {was['did']}: it is other work"
    more = now["instructions"] - was["instructions"]
    if abs(more) * 100 <= MOST_OFF * was["instructions"]:
        return ""
    return f"{word}: {more / was['instructions']:+.1%} instructions, at most {MOST_OFF} % off"


def main(arguments):
    write = arguments[:1] == ["--write"]
    program, *words = arguments[1:] if write else arguments
    if shutil.which("valgrind") is None:
        sys.exit("valgrind is not installed: ./coop test installs it, from .packages")
    counted = {word: count(program, word) for word in words}
    if write:
        BASELINE.write_text(json.dumps(counted, indent=2) + "\n")
        return 0
    baseline = json.loads(BASELINE.read_text())
    wrong = []
    for word, now in counted.items():
        said = complaint(word, baseline.get(word), now)
        print(f"{word}: {now['instructions']:,} instructions, {now['did']} done" + (" FAIL" if said else ""))
        wrong += [said] if said else []
    for said in wrong:
        print(said)
    if wrong:
        print("if this is meant: check.py --write, and a line in CHANGELOG.md that says why")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
