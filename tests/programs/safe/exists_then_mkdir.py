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
        thread = threading.Thread(target=cache.prepare)
        thread.start()
        try:
            with open(os.path.join(parent, "settings"), "w") as settings:
                settings.write("colour = blue")
            cache.prepare()
        finally:
            thread.join()
        assert sorted(os.listdir(parent)) == ["cache", "settings"]
