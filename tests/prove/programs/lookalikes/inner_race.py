"""Between the look and the act something is counted, and the count can be lost. That two entries are
made, nobody minds.
"""

import threading


class Cache:
    def __init__(self):
        self.kept = {}
        self.made = 0

    def get(self, key):
        if key not in self.kept:
            self.kept[key] = self.make()
        return self.kept[key]

    def make(self):
        self.made += 1
        return "entry"

    def get_both(self):
        threads = [threading.Thread(target=self.get, args=(key,)) for key in ("a", "b")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
