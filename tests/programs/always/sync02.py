"""A producer wants an empty slot twice, the consumer empties it twice, starting from two items.

Source: SCTBench CS/sync02_bad. Three consumptions are needed; it fails under every schedule.
"""

import threading

ROUNDS = 2


class Slot:
    def __init__(self):
        self.changed = threading.Condition()
        self.items = 2

    def put_all(self):
        for _ in range(ROUNDS):
            with self.changed:
                while self.items > 0:
                    self.changed.wait()
                self.items += 1
                self.changed.notify()

    def get_all(self):
        for _ in range(ROUNDS):
            with self.changed:
                while self.items == 0:
                    self.changed.wait()
                self.items -= 1
                self.changed.notify()


def test_producer_and_consumer_both_finish():
    slot = Slot()
    threads = [threading.Thread(target=slot.put_all), threading.Thread(target=slot.get_all)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
