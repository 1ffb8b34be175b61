"""A flush is left out because another is running, whose copy was made too early.

Source: Python-native. "If the lock is taken, somebody is flushing anyway": but perhaps already
past the point where it would have seen this item.

    one                            two
    append "a"
    try-acquire: True
    copies ["a"]
                                   append "b"
                                   try-acquire: False, never mind
    clears, release
                                                                 "b" was not written
"""

import threading


class Log:
    def __init__(self):
        self.flushing = threading.Lock()
        self.pending = []
        self.written = []

    def write(self, line):
        self.pending.append(line)
        if self.flushing.acquire(blocking=False):
            lines, self.pending = self.pending, []
            self.written.extend(lines)
            self.flushing.release()


def test_every_line_is_written():
    log = Log()
    threads = [threading.Thread(target=log.write, args=(line,)) for line in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(log.written) == ["a", "b"]
