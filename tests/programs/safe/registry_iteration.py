"""A registry is replaced, not changed, when an entry is added.

Safe: whoever iterates holds on to a dict that nobody changes any more. There is one writer
only, so no addition is lost.
"""

import threading


class Registry:
    def __init__(self):
        self.entries = {"a": 1, "b": 2}

    def register(self, name, value):
        self.entries = {**self.entries, name: value}

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
