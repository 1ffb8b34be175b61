"""A writer asks whether a merge runs, then waits for its end; the end comes in between.

Source: LUCENE-1544, JaConTeBe lucene2.

    writer                         merge
    merging? yes
                                   merging = False
                                   notify_all: nobody waits
    wait for ever
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
        if self.merging:
            with self.merged:
                self.merged.wait()


def test_close_returns_when_the_merge_has_ended():
    writer = IndexWriter()
    closing = threading.Thread(target=writer.close)
    closing.start()
    writer.merge()
    closing.join()
    assert not writer.merging
