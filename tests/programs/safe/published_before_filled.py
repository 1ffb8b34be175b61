"""A table made on first use is filled before it is visible.

Safe: it may be made twice, but both are equal and complete before the store that shows them,
and nobody depends on which one it gets.
"""

import threading


class Levels:
    def __init__(self):
        self.table = None

    def name(self, level):
        if self.table is None:
            table = [None, None]
            table[0] = "debug"
            table[1] = "info"
            self.table = table
        return self.table[level].upper()


def test_every_level_has_a_name():
    levels = Levels()
    names = []
    threads = [threading.Thread(target=lambda: names.append(levels.name(1))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names == ["INFO", "INFO"]
