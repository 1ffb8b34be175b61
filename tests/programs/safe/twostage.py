"""An update in two stages; the second lock is taken before the first is given back.

Safe: hand over hand, a reader that saw the first stage under `first` can get `second` only
after the writer, who took it earlier and keeps it until the second stage is written. Both take
the locks in one order.
"""

import threading


class Record:
    def __init__(self):
        self.first, self.second = threading.Lock(), threading.Lock()
        self.a = self.b = 0

    def write(self):
        with self.first:
            self.a = 1
            self.second.acquire()
        self.b = self.a + 1
        self.second.release()

    def read(self):
        with self.first:
            a = self.a
            if a == 0:
                return  # nothing written yet
        with self.second:
            b = self.b
        assert b == a + 1


def test_reader_sees_the_whole_record():
    record = Record()
    threads = [threading.Thread(target=record.write), threading.Thread(target=record.read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
