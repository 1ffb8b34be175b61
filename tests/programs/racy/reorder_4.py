"""3 setters write two variables in turn; a checker looks between the two writes.

Source: SCTBench CS/reorder_4_bad. The window closes for good once any one setter is through, so
the more setters there are the more of them must be held back.

    setter             other setters      checker
    a = 1
                       (none finished)
                                          a is 1, b is 0
    b = -1
"""

import threading

SETTERS = 3


class Pair:
    def __init__(self):
        self.a = self.b = 0

    def set(self):
        self.a = 1
        self.b = -1

    def check(self):
        a = self.a
        b = self.b
        assert (a, b) in {(0, 0), (1, -1)}


def test_pair_is_never_seen_half_set():
    pair = Pair()
    threads = [threading.Thread(target=pair.set) for _ in range(SETTERS)]
    threads.append(threading.Thread(target=pair.check))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
