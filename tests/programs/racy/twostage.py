"""An update in two stages, each under its own lock; the reader comes between them.

Source: SCTBench CS/twostage_bad.

    writer                reader
    with first: a = 1
                          with first: a is 1
                          with second: b is 0, expected 2
    with second: b = 2
"""

import threading


class Record:
    def __init__(self):
        self.first, self.second = threading.Lock(), threading.Lock()
        self.a = self.b = 0

    def write(self):
        with self.first:
            self.a = 1
        with self.second:
            self.b = self.a + 1

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
