"""Two threads make one directory, because both find it missing.

Source: Python-native; CWE-367.

    one                          two
    exists(cache)? no
                                 exists(cache)? no
                                 mkdir(cache)
    mkdir(cache): FileExistsError
"""

import os
import tempfile
import threading


class Cache:
    def __init__(self, folder):
        self.folder = folder

    def prepare(self):
        if not os.path.exists(self.folder):
            os.mkdir(self.folder)


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
