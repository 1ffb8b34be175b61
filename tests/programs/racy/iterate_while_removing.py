"""A listener that stays is skipped, because another one left during the round.

Source: Python-native; compare log4j bug 54325, JaConTeBe log4j3. A list's iterator is an index.

    fire                         remove
    index 0: "a"
                                 listeners.remove("a")
    index 1: "c", "b" is skipped
"""

import threading


class Publisher:
    def __init__(self):
        self.listeners = ["a", "b", "c"]

    def fire(self):
        called = []
        for listener in self.listeners:
            called.append(listener)
        return called

    def remove(self, listener):
        self.listeners.remove(listener)


def test_listeners_that_stay_are_called():
    publisher = Publisher()
    removing = threading.Thread(target=publisher.remove, args=("a",))
    removing.start()
    called = publisher.fire()
    removing.join()
    assert called[-2:] == ["b", "c"]
