"""A work-stealing queue whose owner, too, works under the lock.

Safe: each operation is one critical section, so a claimed slot has been read before the next
push.
"""

import threading


class WorkStealingQueue:
    """A ring of two slots: the owner pushes and pops at the tail, thieves take from the head."""

    SIZE = 2

    def __init__(self):
        self.lock = threading.Lock()
        self.slots = [None] * self.SIZE
        self.head = self.tail = 0

    def try_push(self, item):
        with self.lock:
            if self.tail >= self.head + self.SIZE:
                return False
            self.slots[self.tail % self.SIZE] = item
            self.tail += 1
            return True

    def try_pop(self):
        with self.lock:
            if self.head >= self.tail:
                return None
            self.tail -= 1
            return self.slots[self.tail % self.SIZE]

    def try_steal(self):
        with self.lock:
            if self.head >= self.tail:
                return None
            self.head += 1
            return self.slots[(self.head - 1) % self.SIZE]


def test_every_item_is_taken_exactly_once():
    queue = WorkStealingQueue()
    taken = []
    pushed = ["x0", "x1"]
    queue.try_push("x0")
    queue.try_push("x1")

    def steal():
        taken.append(queue.try_steal())

    thief = threading.Thread(target=steal)
    thief.start()
    if queue.try_push("x2"):
        pushed.append("x2")
    taken.append(queue.try_pop())
    thief.join()
    while (item := queue.try_pop()) is not None:
        taken.append(item)
    assert sorted(item for item in taken if item) == pushed
