"""Readers are served well by a copy that is replaced; of two writers one is lost.

Source: Python-native.

    one                          two
    routes = {} copied
                                 routes = {} copied
                                 routes = {"b"} published
    routes = {"a"} published
                                                          "b" is lost
"""

import threading


class Router:
    def __init__(self):
        self.routes = {}

    def add(self, path, handler):
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
