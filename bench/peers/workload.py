"""What every program here is asked, what it does, and what it answers: workload.hpp, for Python.

Times are whole nanoseconds. The generator is Python's own.
"""

import json
import random
import re
import sys
import time

FANOUT = 5
SECOND = 10**9
ON_UPLINK_NOTICE = 1024 * 8 * SECOND // 10_000_000  # a kibibyte at 10 Mbit/s
ON_UPLINK_BEAT = 64 * 8 * SECOND // 10_000_000
DELAY_MIN, DELAY_MAX = 10 * 10**6, 100 * 10**6
BEAT_EVERY = SECOND

DRAW = random.Random(1)


def phold_delay():
    return 1 + DRAW.getrandbits(26)


def way():
    return DELAY_MIN + int(DRAW.random() * (DELAY_MAX - DELAY_MIN))


def another(self, n):
    chosen = int(DRAW.random() * (n - 1))
    return chosen if chosen < self else chosen + 1


def read_words():
    """N, AMOUNT and ROUNDS of the command line."""
    try:
        n, amount, rounds = (int(word) for word in sys.argv[1:])
        if min(n - 1, amount, rounds) < 1:
            raise ValueError
    except ValueError:
        print(f"{sys.argv[0]}: wants N (at least 2), AMOUNT and ROUNDS, all above zero", file=sys.stderr)
        sys.exit(2)
    return n, amount, rounds


def peak_rss_bytes():
    with open("/proc/self/status", encoding="ascii") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) * 1024


class Round:
    """The processor's time of one round, from construction to `tell`."""

    def __init__(self):
        self.begun = time.process_time()

    def tell(self, work, n, events, messages, reach):
        seconds = time.process_time() - self.begun
        print(json.dumps({"work": work, "n": n, "events": events, "messages": messages, "reach": reach,
                          "seconds": seconds, "peak_rss_bytes": peak_rss_bytes()}), flush=True)
