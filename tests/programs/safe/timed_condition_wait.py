"""A consumer that timed out says so.

Source: Python-native. needs: slack
Safe: `wait_for` answers what the predicate says, not how the wait ended, and both answers are
handled.
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
            if not self.filled.wait_for(lambda: self.items, timeout=0.5):
                return None
            return self.items.pop()


def test_the_item_arrives():
    mailbox = Mailbox()
    producer = threading.Thread(target=mailbox.put, args=("item",))
    producer.start()
    early = mailbox.get()
    producer.join()
    assert (early or mailbox.get()) == "item"
