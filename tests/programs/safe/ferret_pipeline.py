"""The last stage of a pipeline stops at a mark that follows the last item.

Safe: the queue keeps its order, so what was put before the mark has been taken when the mark
is.
"""

import queue
import threading


class Pipeline:
    def __init__(self):
        self.link = queue.Queue()

        self.written = []

    def load(self):
        for item in ("first", "second"):
            self.link.put(item)
        self.link.put(None)  # no more

    def write(self):
        while (item := self.link.get()) is not None:
            self.written.append(item)


def test_every_item_is_written():
    pipeline = Pipeline()
    threads = [threading.Thread(target=pipeline.load), threading.Thread(target=pipeline.write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pipeline.written == ["first", "second"]
