"""Two guests get the last seat.

Source: Python-native.

    one                        two
    len(seats) 0 < 1
                               len(seats) 0 < 1
                               append
    append                                        2 guests, 1 seat
"""

import threading


class Table:
    def __init__(self, capacity):
        self.capacity = capacity
        self.seats = []

    def book(self, guest):
        if len(self.seats) < self.capacity:
            self.seats.append(guest)


def test_a_table_is_not_overbooked():
    table = Table(capacity=1)
    threads = [threading.Thread(target=table.book, args=(guest,)) for guest in ("ann", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(table.seats) == 1
