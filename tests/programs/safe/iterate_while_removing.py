"""The round is made over a copy.

Safe: `tuple(list)` is one C call; the copy holds everybody who is in the list at that moment,
and "b" and "c" always are.
"""

import threading


class Publisher:
    def __init__(self):
        self.listeners = ["a", "b", "c"]

    def fire(self):
        called = []
        for listener in tuple(self.listeners):
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
