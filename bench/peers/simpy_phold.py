"""PHOLD in SimPy: timeouts with a callback, which cost less than processes."""

import simpy

from workload import DRAW, Round, phold_delay, read_words


class Phold:
    def __init__(self, env, pending):
        self.env, self.pending, self.counts = env, pending, [0] * pending
        for node in range(pending):
            self.schedule(node)

    def schedule(self, node):
        self.counts[node] += 1
        self.env.timeout(phold_delay()).callbacks.append(self.hop)

    def hop(self, _):
        self.schedule(int(DRAW.random() * self.pending))


def main():
    pending, events, rounds = read_words()
    env = simpy.Environment()
    Phold(env, pending)
    for _ in range(rounds):
        timed = Round()
        for _ in range(events):
            env.step()
        timed.tell("phold", pending, events, events, 1)


if __name__ == "__main__":
    main()
