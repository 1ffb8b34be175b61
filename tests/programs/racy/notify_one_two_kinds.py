"""Producers and consumers wait on one condition, and `notify` wakes one of the wrong kind.

Source: Python-native; the textbook bounded buffer with one condition. Two getters and two
putters share a buffer for one item.

    get 1     get 2     put 1               put 2
    wait      wait
                        puts, notifies
                        get 1
                                            full: waits
    takes,
    notifies
    get 2 (!)
              no item:
              wait                          waits for ever, and so does get 2
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
            self.changed.notify()

    def get(self):
        with self.changed:
            while not self.items:
                self.changed.wait()
            item = self.items.pop()
            self.changed.notify()
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
