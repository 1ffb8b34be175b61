"""A reader asks again for the read lock it has, while a writer waits and is preferred.

Source: Mozilla NSPR bug 526805, RADBench bug6.

    reader                      writer
    acquire_read
                                acquire_write: waits for the reader,
                                writers_waiting = 1
    acquire_read again:
    waits for the writer
"""

import threading


class ReadWriteLock:
    """Prefers writers: while one waits, no new reader comes in."""

    def __init__(self):
        self.changed = threading.Condition()
        self.readers = 0
        self.writing = False
        self.writers_waiting = 0

    def acquire_read(self):
        with self.changed:
            while self.writing or self.writers_waiting:
                self.changed.wait()
            self.readers += 1

    def release_read(self):
        with self.changed:
            self.readers -= 1
            self.changed.notify_all()

    def acquire_write(self):
        with self.changed:
            self.writers_waiting += 1
            while self.writing or self.readers:
                self.changed.wait()
            self.writers_waiting -= 1
            self.writing = True

    def release_write(self):
        with self.changed:
            self.writing = False
            self.changed.notify_all()


def test_reader_and_writer_both_finish():
    lock = ReadWriteLock()
    seen = []

    def read():
        lock.acquire_read()
        lock.acquire_read()  # a callee that does not know its caller reads already
        seen.append("read")
        lock.release_read()
        lock.release_read()

    def write():
        lock.acquire_write()
        seen.append("write")
        lock.release_write()

    threads = [threading.Thread(target=read), threading.Thread(target=write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == ["read", "write"]
