"""Two guests want the last seat, of which a semaphore hands out one.

Safe: a permit is taken in one step and never given back, so no more guests than permits are
seated.
"""

import threading


class Table:
    def __init__(self, capacity):
        self.free = threading.Semaphore(capacity)
        self.seats = []

    def book(self, guest):
        if self.free.acquire(blocking=False):
            self.seats.append(guest)


def test_a_table_is_not_overbooked():
    table = Table(capacity=1)
    threads = [threading.Thread(target=table.book, args=(guest,)) for guest in ("ann", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(table.seats) == 1
