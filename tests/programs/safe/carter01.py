"""The first of a group takes the resource under a mutex that only its own group uses.

Safe: who waits for `resource` holds only its own group's mutex, which the holder of `resource`,
in the other group, never needs. Within a group, those who find the mutex taken wait for a
member that waits for nothing but `resource`.
"""

import threading


class Room:
    """Used by one group at a time: the first in takes it, the last out gives it back."""

    def __init__(self):
        self.mutex = {"A": threading.Lock(), "B": threading.Lock()}
        self.resource = threading.Lock()
        self.inside = {"A": 0, "B": 0}

    def visit(self, group):
        with self.mutex[group]:
            self.inside[group] += 1
            if self.inside[group] == 1:
                self.resource.acquire()
        with self.mutex[group]:
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
