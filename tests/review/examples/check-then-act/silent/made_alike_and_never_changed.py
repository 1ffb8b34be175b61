# The shape of a table that is filled before it is shown, as many libraries have one.
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
        return self.table[level]


def test_names():
    levels = Levels()
    threads = [threading.Thread(target=lambda: print(levels.name(1))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
