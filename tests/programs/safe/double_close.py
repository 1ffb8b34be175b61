"""Two threads close one trace; one of them finds it open.

Safe: the flag is read and cleared in one critical section, so exactly one thread finds it set
and goes on to delete the table.
"""

import threading


class Trace:
    def __init__(self):
        self.lock = threading.Lock()
        self.is_open = True
        self.tables = {"main": []}

    def close(self):
        with self.lock:
            was_open, self.is_open = self.is_open, False
        if was_open:
            del self.tables["main"]


def test_trace_may_be_closed_twice():
    trace = Trace()
    threads = [threading.Thread(target=trace.close) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trace.tables == {}
