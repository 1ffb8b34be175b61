"""A background thread writes to a log that has been closed in the meantime.

Source: Python-native; "ValueError: I/O operation on closed file" at interpreter exit.

    background                   main
    closed? no
                                 log.close()
    log.write(): ValueError
"""

import io
import threading


class Reporter:
    def __init__(self):
        self.log = io.StringIO()

    def report(self):
        if not self.log.closed:
            self.log.write("alive")

    def close(self):
        self.log.close()


def test_reporter_may_be_closed_at_any_time():
    reporter = Reporter()
    background = threading.Thread(target=reporter.report, daemon=True)
    background.start()
    reporter.close()
    background.join()
    assert reporter.log.closed
