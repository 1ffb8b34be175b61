"""Producers and consumers wait on one condition, and every change wakes all of them.

Safe: nobody who could go on stays asleep, for after each change everybody looks again; and with
as many puts as gets somebody always can go on.
"""

import threading


class Slot:
    def __init__(self):
        self.changed = threading.Condition()
        self.items = []

    def put(self, item):
        with self.changed:
            while self.items:
                self.changed.wait()
            self.items.append(item)
            self.changed.notify_all()

    def get(self):
        with self.changed:
            while not self.items:
                self.changed.wait()
            item = self.items.pop()
            self.changed.notify_all()
            return item


def test_two_items_pass_through_the_slot():
    slot = Slot()
    got = []
    threads = []
    for item in (1, 2):
        threads.append(threading.Thread(target=slot.put, args=(item,)))
        threads.append(threading.Thread(target=lambda: got.append(slot.get())))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [1, 2]
