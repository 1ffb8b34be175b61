"""A table made on first use is visible before it has its contents.

Source: Apache log4j bug 44032, JaConTeBe log4j1.

    one                          two
    table = [None, None]
                                 table is not None
                                 table[1].upper(): AttributeError
    table[0], table[1] = ...
"""

import threading


class Levels:
    def __init__(self):
        self.table = None

    def name(self, level):
        if self.table is None:
            self.table = [None, None]
            self.table[0] = "debug"
            self.table[1] = "info"
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
