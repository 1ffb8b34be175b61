"""Producer and consumer wait for their turn instead of skipping it.

Safe: with one condition and a loop around each wait the two alternate strictly, so the n-th
value is taken in the n-th turn. Each wakes the only other party after every change, so neither
waits for ever.
"""

import threading

TURNS = 3


class Buffer:
    def __init__(self):
        self.turn_changed = threading.Condition()
        self.items = []
        self.may_send = True

    def produce(self):
        for turn in range(TURNS):
            with self.turn_changed:
                while not self.may_send:
                    self.turn_changed.wait()
                self.items.append(turn)
                self.may_send = False
                self.turn_changed.notify()

    def consume(self):
        for turn in range(TURNS):
            with self.turn_changed:
                while self.may_send:
                    self.turn_changed.wait()
                assert self.items.pop(0) == turn
                self.may_send = True
                self.turn_changed.notify()


def test_values_arrive_in_their_turn():
    buffer = Buffer()
    threads = [threading.Thread(target=buffer.produce), threading.Thread(target=buffer.consume)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
