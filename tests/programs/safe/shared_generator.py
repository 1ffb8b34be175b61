"""Two threads take numbers from one `itertools.count`.

Safe: its `next` is one C call without Python code inside, which CPython does not divide.
"""

import itertools
import threading


class Tickets:
    def __init__(self):
        self.numbers = itertools.count(1)


def test_two_threads_get_two_tickets():
    tickets = Tickets()
    got = []
    threads = [threading.Thread(target=lambda: got.append(next(tickets.numbers))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [1, 2]
