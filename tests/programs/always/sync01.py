"""A consumer announces that there is room, but has not made any.

Source: SCTBench CS/sync01_bad. The slot is full from the start; it fails under every schedule.
"""

import threading


class Slot:
    def __init__(self):
        self.changed = threading.Condition()
        self.items = 1

    def put(self):
        with self.changed:
            while self.items > 0:
                self.changed.wait()
            self.items += 1

    def get(self):
        with self.changed:
            if self.items > 0:
                self.changed.notify()  # `items` should have been lowered


def test_put_gets_through():
    slot = Slot()
    threads = [threading.Thread(target=slot.put), threading.Thread(target=slot.get)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert slot.items == 1
