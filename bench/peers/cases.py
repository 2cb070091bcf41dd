"""Which peers there are, what each of them is asked, and what it leaves out."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    package: str  # of Debian; empty for ours
    lacks: str  # what a reader of its figures must know


@dataclasses.dataclass(frozen=True)
class Case:
    peer: str
    work: str
    n: int
    program: str  # its source lies here under this name
    amount: int  # a round: events, notices, or simulated seconds
    rounds: int = 5
    how: str = ""
    beside: tuple = ()  # more files that belong to what its user writes


OURS = "coopsim"
CALLBACKS = "ns-3 callbacks"
FLOOR = "FIFO floor"
PEERS = {peer.name: peer for peer in (
    Peer(OURS, "",
         "gossip and heartbeat are the real node: HyParView and Plumtree (a notice comes about once, and\n"
         "  is announced on the other links), statements that are numbered and signed by priced tags,\n"
         "  records, uplinks. Boards work at no cost; lines have no packets and lose nothing. phold is the\n"
         "  queue alone, flows the solver alone. Its users write no C++, but a scenario"),
    Peer(FLOOR, "", "no order: a ring that gives back what was put in first"),
    Peer(CALLBACKS, "libns3-dev",
         "no network and no node: a function, an uplink that is a sum, one notice at a time"),
    Peer("ns-3 sockets", "libns3-dev",
         "models more of the line (IP, UDP, frames, queues) and nothing of the board; the\n"
         "  delay belongs to a line, not to a message"),
    Peer("SimGrid", "libsimgrid-dev",
         "messages are flows that share lines, not a queue at the sender; the delay belongs to a\n"
         "  line; no node; in phold an event's successor stays at its node; flows are its CM02 without TCP"),
    Peer("SimPy", "python3-simpy3", "no network and no node, as with ns-3's callbacks"),
)}

SCHEDULERS = ("Map", "Heap", "PriorityQueue", "Calendar")
BEST = "PriorityQueue"  # Measured: bench/peers/README.md
TOO_SLOW = "Calendar"  # with a million events: does not end within a hundred seconds
THOUSAND, MILLION = 1000, 1_000_000
SHARING = ("../sharing.hpp",)
POPULATION, SMALL, HUB = ("../population.hpp",), ("simgrid_platform.hpp",), ("ns3_hub_routing.hpp",)


def ns3_phold(n):
    return [Case(f"{CALLBACKS}, {kind}", "phold", n, "ns3_phold.cpp", 2_000_000, how=f"ns3::{kind}Scheduler")
            for kind in SCHEDULERS if n < MILLION or kind != TOO_SLOW]


def flows(n, ours, simgrid, how=""):
    """Both are asked for the same files; who is slow, for fewer of them: the first to end."""
    work = f"flows {how}".strip()
    return [Case(OURS, work, n, "ours_flows.cpp", ours, how=how, beside=SHARING),
            Case("SimGrid", work, n, "simgrid_flows.cpp", simgrid, 3, how, SMALL)]


def callbacks(work, n, amount):
    return Case(f"{CALLBACKS}, {BEST}", work, n, f"ns3_{work}.cpp", amount, how=f"ns3::{BEST}Scheduler")


CASES = [
    Case(OURS, "phold", THOUSAND, "ours_phold.cpp", 10_000_000),
    Case(FLOOR, "phold", THOUSAND, "ours_phold.cpp", 50_000_000, how="floor"),
    *ns3_phold(THOUSAND),
    Case("SimGrid", "phold", THOUSAND, "simgrid_phold.cpp", 500_000, beside=SMALL),
    Case("SimPy", "phold", THOUSAND, "simpy_phold.py", 500_000),
    Case(OURS, "phold", 30_000, "ours_phold.cpp", 10_000_000),
    Case("SimGrid", "phold", 30_000, "simgrid_phold.cpp", 500_000, beside=SMALL),
    Case(OURS, "phold", MILLION, "ours_phold.cpp", 10_000_000),
    Case(FLOOR, "phold", MILLION, "ours_phold.cpp", 50_000_000, how="floor"),
    *ns3_phold(MILLION),
    Case("SimPy", "phold", MILLION, "simpy_phold.py", 500_000),

    Case(OURS, "gossip", THOUSAND, "ours_gossip.cpp", 100, beside=POPULATION),
    callbacks("gossip", THOUSAND, 200),
    Case(f"ns-3 sockets, {BEST}", "gossip", THOUSAND, "ns3_sockets.cpp", 20, how=f"ns3::{BEST}Scheduler",
         beside=HUB),
    Case("SimGrid", "gossip", THOUSAND, "simgrid_gossip.cpp", 20, beside=SMALL),
    Case("SimPy", "gossip", THOUSAND, "simpy_gossip.py", 50),
    Case(OURS, "gossip", 10_000, "ours_gossip.cpp", 10, beside=POPULATION),
    callbacks("gossip", 10_000, 20),
    Case("SimGrid", "gossip", 10_000, "simgrid_gossip.cpp", 2, beside=SMALL),
    Case("SimPy", "gossip", 10_000, "simpy_gossip.py", 5),
    Case(OURS, "gossip", 100_000, "ours_gossip.cpp", 1, beside=POPULATION),
    callbacks("gossip", 100_000, 2),
    Case("SimGrid", "gossip", 100_000, "simgrid_gossip.cpp", 1, 3, beside=SMALL),
    Case("SimPy", "gossip", 100_000, "simpy_gossip.py", 1),

    Case(OURS, "heartbeat", 10_000, "ours_heartbeat.cpp", 120, beside=POPULATION),
    callbacks("heartbeat", 10_000, 120),
    Case("SimGrid", "heartbeat", 10_000, "simgrid_heartbeat.cpp", 40, beside=SMALL),
    Case("SimPy", "heartbeat", 10_000, "simpy_heartbeat.py", 60),

    *flows(THOUSAND, 100_000, 2_000),
    *flows(10_000, 100_000, 100),
    *flows(THOUSAND, 20_000, 500, "even"),
    *flows(10_000, 20_000, 50, "even"),
    *flows(10_000, 100_000, 10_000, "villages"),
]


def peer_of(case):
    return PEERS[case.peer.split(",")[0]]


def quick(case):
    """Its tenth, once; nothing for what is large."""
    if case.n > 10_000:
        return None
    return dataclasses.replace(case, amount=max(1, case.amount // 10), rounds=1)
