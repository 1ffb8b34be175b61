"""A writer asks whether a merge runs while it holds the monitor on which it then waits.

Safe: `wait` gives the monitor back and starts waiting in one step, so the merge cannot end
between the question and the wait.
"""

import threading


class IndexWriter:
    def __init__(self):
        self.merged = threading.Condition()
        self.merging = True

    def merge(self):
        with self.merged:
            self.merging = False
            self.merged.notify_all()

    def close(self):
        with self.merged:
            while self.merging:
                self.merged.wait()


def test_close_returns_when_the_merge_has_ended():
    writer = IndexWriter()
    closing = threading.Thread(target=writer.close)
    closing.start()
    writer.merge()
    closing.join()
    assert not writer.merging
