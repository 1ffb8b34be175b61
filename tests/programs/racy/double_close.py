"""Two threads close one trace; both find it open.

Source: Inspect's ctrace-test in SCTBench: `trc_end` frees its tables guarded by an unlocked
flag.

    one                      two
    is_open? yes
                             is_open? yes
                             is_open = False
                             del tables["main"]
    is_open = False
    del tables["main"]: KeyError
"""

import threading


class Trace:
    def __init__(self):
        self.is_open = True
        self.tables = {"main": []}

    def close(self):
        if self.is_open:
            self.is_open = False
            del self.tables["main"]


def test_trace_may_be_closed_twice():
    trace = Trace()
    threads = [threading.Thread(target=trace.close) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trace.tables == {}
