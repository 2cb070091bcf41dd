"""Heartbeats in SimPy: a process a node that sends, a timeout with a callback that receives."""

import simpy

from workload import BEAT_EVERY, DRAW, ON_UPLINK_BEAT, SECOND, Round, read_words, way


class Heartbeat:
    def __init__(self, env, n):
        self.env, self.beats = env, 0
        for node in range(n):
            env.process(self.node(node ^ 1))

    def node(self, neighbour):
        yield self.env.timeout(int(DRAW.random() * BEAT_EVERY))
        while True:
            self.env.timeout(ON_UPLINK_BEAT + way(), neighbour).callbacks.append(self.receive)
            yield self.env.timeout(BEAT_EVERY)

    def receive(self, _):
        self.beats += 1


def main():
    n, seconds, rounds = read_words()
    env = simpy.Environment()
    heartbeat = Heartbeat(env, n)
    env.run(until=2 * SECOND)  # until all have begun
    for _ in range(rounds):
        heartbeat.beats = 0
        timed = Round()
        env.run(until=env.now + seconds * SECOND)
        timed.tell("heartbeat", n, heartbeat.beats, heartbeat.beats, heartbeat.beats / (n * seconds))


if __name__ == "__main__":
    main()
