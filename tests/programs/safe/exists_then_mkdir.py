"""Two threads make one directory; the system decides who is first.

Safe: `mkdir` tests and makes in one step, and being second is not an error.
"""

import os
import tempfile
import threading


class Cache:
    def __init__(self, folder):
        self.folder = folder

    def prepare(self):
        try:
            os.mkdir(self.folder)
        except FileExistsError:
            pass


def test_cache_folder_is_made_on_demand():
    with tempfile.TemporaryDirectory() as parent:
        cache = Cache(os.path.join(parent, "cache"))
        threads = [threading.Thread(target=cache.prepare) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert os.path.isdir(cache.folder)
