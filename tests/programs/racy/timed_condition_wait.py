"""A consumer takes an item after `wait(timeout)`, whether it was notified or not.

Source: Python-native. needs: slack

    consumer                       producer
    wait(0.5) ...                  (not running)
    ... times out
    pop: IndexError
                                   append, notify
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
                self.filled.wait(timeout=0.5)
            return self.items.pop()


def test_the_item_arrives():
    mailbox = Mailbox()
    producer = threading.Thread(target=mailbox.put, args=("item",))
    producer.start()
    try:
        assert mailbox.get() == "item"
    finally:
        producer.join()
