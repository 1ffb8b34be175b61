"""A consumer is woken for an item that another consumer has taken by then.

Source: Python-native; Mesa semantics. A notified thread must still get the lock, and others may
get it first.

    one                   two                  producer
    no item: wait
                                               append, notify
                          (not waiting) takes
                          the item
    wakes, pops:
    IndexError
"""

import threading


class Mailbox:
    def __init__(self):
        self.filled = threading.Condition()
        self.items = []

    def put(self, item):
        with self.filled:
            self.items.append(item)
            self.filled.notify()

    def get(self):
        with self.filled:
            if not self.items:
                self.filled.wait()
            return self.items.pop(0)


def test_two_items_reach_two_consumers():
    mailbox = Mailbox()
    got = []
    threads = [threading.Thread(target=lambda: got.append(mailbox.get())) for _ in range(2)]
    for thread in threads:
        thread.start()
    mailbox.put(1)
    mailbox.put(2)
    for thread in threads:
        thread.join()
    assert sorted(got) == [1, 2]
