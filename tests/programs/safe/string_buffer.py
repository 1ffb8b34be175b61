"""Appending a buffer to a buffer, with the other's lock held over both calls.

Safe: the lock is re-entrant, so length and characters are one critical section. The other's
lock is given back before the own one is taken, so two buffers appended to one another cannot
deadlock.
"""

import threading


class StringBuffer:
    def __init__(self, text=""):
        self.lock = threading.RLock()
        self.text = text

    def length(self):
        with self.lock:
            return len(self.text)

    def characters(self, end):
        with self.lock:
            if end > len(self.text):
                raise IndexError("end is behind the last character")
            return self.text[:end]

    def clear(self):
        with self.lock:
            self.text = ""

    def append(self, other):
        with other.lock:
            end = other.length()
            characters = other.characters(end)
        with self.lock:
            self.text += characters


def test_append_copies_all_or_nothing():
    source, target = StringBuffer("ab"), StringBuffer()
    threads = [
        threading.Thread(target=target.append, args=(source,)),
        threading.Thread(target=source.clear),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert target.text in {"", "ab"}
