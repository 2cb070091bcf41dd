"""Push gossip in SimPy: a timeout with a callback a hop, an uplink that is a sum."""

import simpy

from workload import DRAW, FANOUT, ON_UPLINK_NOTICE, Round, another, read_words, way


class Gossip:
    def __init__(self, env, n):
        self.env, self.n, self.notice = env, n, 0
        self.heard, self.uplink_free = [0] * n, [0] * n
        self.deliveries = self.messages = 0

    def publish(self, who):
        self.notice += 1
        self.heard[who] = self.notice
        self.push(who)
        self.env.run()

    def receive(self, arrival):
        self.messages += 1
        node = arrival.value
        if self.heard[node] != self.notice:
            self.heard[node] = self.notice
            self.deliveries += 1
            self.push(node)

    def push(self, node):
        now = self.env.now
        free = max(self.uplink_free[node], now)
        for _ in range(FANOUT):
            free += ON_UPLINK_NOTICE
            arrival = self.env.timeout(free + way() - now, another(node, self.n))
            arrival.callbacks.append(self.receive)
        self.uplink_free[node] = free


def main():
    n, notices, rounds = read_words()
    gossip = Gossip(simpy.Environment(), n)
    for _ in range(rounds):
        gossip.deliveries = gossip.messages = 0
        timed = Round()
        for _ in range(notices):
            gossip.publish(int(DRAW.random() * n))
        reach = gossip.deliveries / (notices * (n - 1))
        timed.tell("gossip", n, gossip.deliveries, gossip.messages, reach)


if __name__ == "__main__":
    main()
