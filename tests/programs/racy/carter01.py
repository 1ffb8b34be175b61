"""The first of a group takes the resource while it holds the group's own mutex.

Source: SCTBench CS/carter01_bad. Two groups share one `mutex` for their counts; the first
member of a group waits for `resource` without letting go of `mutex`.

    group A                   group B
    acquire mutex
    acquire resource
    release mutex
                              acquire mutex
                              wait for resource, held by A
    wait for mutex, held by B
"""

import threading


class Room:
    """Used by one group at a time: the first in takes it, the last out gives it back."""

    def __init__(self):
        self.mutex = threading.Lock()
        self.resource = threading.Lock()
        self.inside = {"A": 0, "B": 0}

    def visit(self, group):
        with self.mutex:
            self.inside[group] += 1
            if self.inside[group] == 1:
                self.resource.acquire()
        with self.mutex:
            self.inside[group] -= 1
            if self.inside[group] == 0:
                self.resource.release()


def test_both_groups_get_the_room():
    room = Room()
    threads = [threading.Thread(target=room.visit, args=(group,)) for group in "AB"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not room.resource.locked()
