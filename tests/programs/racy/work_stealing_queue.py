"""The owner of a work-stealing queue overwrites the slot that a thief is about to read.

Source: the work-stealing queue of CHESS (SCTBench chess/WSQ), after Cilk's THE protocol. With
one slot more than the check should allow, a push may use the slot whose item a thief has
claimed but not yet read.

    owner                      thief
    push x0, x1 (full)
                               lock, head 0 -> 1, claims slot 0
    push x2: 2 < 1 + 2
    writes x2 into slot 0
                               reads slot 0: x2, and x0 is lost
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
        tail = self.tail
        if tail >= self.head + self.SIZE:
            return False
        self.slots[tail % self.SIZE] = item
        self.tail = tail + 1
        return True

    def try_pop(self):
        tail = self.tail - 1
        self.tail = tail
        if self.head <= tail:
            return self.slots[tail % self.SIZE]
        self.tail = tail + 1
        with self.lock:  # perhaps a thief has only tried: ask again without one
            if self.head >= self.tail:
                return None
            self.tail -= 1
            return self.slots[self.tail % self.SIZE]

    def try_steal(self):
        with self.lock:
            head = self.head
            self.head = head + 1
            if head < self.tail:
                return self.slots[head % self.SIZE]
            self.head = head
            return None


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
