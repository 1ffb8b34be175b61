"""A registry is listed while an entry is added.

Source: Apache Commons DBCP-369, JaConTeBe dbcp3, where it was a
ConcurrentModificationException.

    list                          register
    next(iterator): "a"
                                  registry["c"] = 3
    next(iterator): RuntimeError: dictionary changed size during iteration
"""

import threading


class Registry:
    def __init__(self):
        self.entries = {"a": 1, "b": 2}

    def register(self, name, value):
        self.entries[name] = value

    def names(self):
        names = []
        for name in self.entries:
            names.append(name)
        return names


def test_registry_can_be_listed_at_any_time():
    registry = Registry()
    registering = threading.Thread(target=registry.register, args=("c", 3))
    registering.start()
    names = registry.names()
    registering.join()
    assert names[:2] == ["a", "b"]
