"""Producer and consumer skip their turn when it is not due, and lose count of one another.

Source: SCTBench CS/circular_buffer_bad, with three turns instead of seven. The consumer expects
the value of its own turn's number, which is right only if both skip the same turns.

    producer              consumer
    turn 0: insert 0
    turn 1: not due
                          turn 0: remove 0
    turn 2: insert 2
                          turn 1: remove 2, expected 1
"""

import threading

TURNS = 3


class Buffer:
    def __init__(self):
        self.lock = threading.Lock()
        self.items = []
        self.may_send = True

    def produce(self):
        for turn in range(TURNS):
            with self.lock:
                if self.may_send:
                    self.items.append(turn)
                    self.may_send = False

    def consume(self):
        for turn in range(TURNS):
            with self.lock:
                if not self.may_send:
                    assert self.items.pop(0) == turn
                    self.may_send = True


def test_values_arrive_in_their_turn():
    buffer = Buffer()
    threads = [threading.Thread(target=buffer.produce), threading.Thread(target=buffer.consume)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
