"""A reader asks again for the read lock it has, and readers are preferred.

Safe: a reader waits only for a writer that is writing, and that one waits for nobody. The
writer waits for readers, who leave, and every leaving notifies all.
"""

import threading


class ReadWriteLock:
    """Prefers readers: whoever waits to write does not keep them out."""

    def __init__(self):
        self.changed = threading.Condition()
        self.readers = 0
        self.writing = False

    def acquire_read(self):
        with self.changed:
            while self.writing:
                self.changed.wait()
            self.readers += 1

    def release_read(self):
        with self.changed:
            self.readers -= 1
            self.changed.notify_all()

    def acquire_write(self):
        with self.changed:
            while self.writing or self.readers:
                self.changed.wait()
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
