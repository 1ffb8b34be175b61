"""A consumer that is woken asks again whether there is an item.

Safe: `while`. If its item was taken by a consumer that never waited, the consumer waits on, and
the second item's notification finds it, or the item is there before it waits.
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
            while not self.items:
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
