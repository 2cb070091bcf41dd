"""When the same files were through in two engines (finished.hpp writes it down), and whether they agree."""

VARIABLE = "COOP_PEERS_ENDS"  # in the environment: where a program writes that
DIFFERENCE_MAX = 0.01  # of the time that a file takes


class Differ(Exception):
    pass


def read(name):
    """(chain, number) to nanoseconds."""
    with open(name, encoding="ascii") as file:
        words = (line.split() for line in file)
        return {(int(chain), int(number)): int(ns) for chain, number, ns in words}


def compare(ours, theirs):
    """A sentence about those that theirs has; raises Differ if one is missing from ours or ends elsewhere."""
    known, asked = read(ours), read(theirs)
    missing = [file for file in asked if file not in known]
    if missing:
        raise Differ(f"file {missing[0]} is not among those that ended first in ours")
    worst, where = 0, None
    for (chain, number), end in asked.items():
        took = end - asked.get((chain, number - 1), 0)
        difference = abs(known[chain, number] - end) / took
        if difference > worst:
            worst, where = difference, (chain, number)
    if worst > DIFFERENCE_MAX:
        raise Differ(f"file {where} ends elsewhere, by {worst:.2%} of the time that it takes")
    return f"{len(asked)} files, the worst differs by {worst:.1e} of the time that it takes"
