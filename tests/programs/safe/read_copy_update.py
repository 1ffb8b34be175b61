"""Readers are served by a copy that is replaced, and writers take turns.

Safe: each writer copies what the one before it published. Readers still need no lock.
"""

import threading


class Router:
    def __init__(self):
        self.writing = threading.Lock()
        self.routes = {}

    def add(self, path, handler):
        with self.writing:
            routes = dict(self.routes)
            routes[path] = handler
            self.routes = routes


def test_both_routes_are_kept():
    router = Router()
    threads = [threading.Thread(target=router.add, args=(path, print)) for path in ("/a", "/b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(router.routes) == ["/a", "/b"]
