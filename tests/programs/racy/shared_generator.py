"""Two threads take numbers from one generator.

Source: Python-native. A generator cannot be entered while it runs.

    one                        two
    next(numbers)
      enters, last = ...
                               next(numbers):
                               ValueError: generator already executing
"""

import threading


class Tickets:
    def __init__(self):
        self.last = 0
        self.numbers = self.count()

    def count(self):
        while True:
            self.last += 1
            yield self.last


def test_two_threads_get_two_tickets():
    tickets = Tickets()
    got = []
    threads = [threading.Thread(target=lambda: got.append(next(tickets.numbers))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [1, 2]
