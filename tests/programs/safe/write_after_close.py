"""A background thread writes to a log that is closed when that thread has ended.

Safe: the join comes before the close.
"""

import io
import threading


class Reporter:
    def __init__(self):
        self.log = io.StringIO()
        self.background = threading.Thread(target=self.report, daemon=True)

    def report(self):
        if not self.log.closed:
            self.log.write("alive")

    def close(self):
        self.background.join()
        self.log.close()


def test_reporter_may_be_closed_at_any_time():
    reporter = Reporter()
    reporter.background.start()
    reporter.close()
    assert reporter.log.closed
