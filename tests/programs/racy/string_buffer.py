"""Appending a buffer to a buffer: the length is right when asked for, and wrong when used.

Source: JDK 1.4's StringBuffer.append(StringBuffer), SCTBench CB/stringbuffer-jdk1.4. Each call
locks; the two calls together do not.

    append(other)            other.clear()
    length of other: 2
                             text = ""
    characters 0 to 2 of "":
    IndexError
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
