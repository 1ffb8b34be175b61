"""The last stage of a pipeline stops because nothing seems to be under way.

Source: PARSEC's ferret, SCTBench parsec/ferret: the output stage compares how many items went
in with how many came out. The count is raised after the item is handed over.

    load                        write
    hand over item 1
                                got 1 item
                                entered 0, written 1: done
    entered = 1
    hand over item 2
                                                           item 2 is never written
"""

import queue
import threading


class Pipeline:
    def __init__(self):
        self.link = queue.Queue()
        self.entered = 0
        self.written = []

    def load(self):
        for item in ("first", "second"):
            self.link.put(item)
            self.entered += 1

    def write(self):
        while True:
            self.written.append(self.link.get())
            if len(self.written) >= self.entered:
                return  # all that came in has gone out


def test_every_item_is_written():
    pipeline = Pipeline()
    threads = [threading.Thread(target=pipeline.load), threading.Thread(target=pipeline.write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pipeline.written == ["first", "second"]
