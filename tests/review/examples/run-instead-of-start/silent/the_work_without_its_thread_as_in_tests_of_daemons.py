import threading


class Poller(threading.Thread):
    def __init__(self, source):
        super().__init__()
        self.source = source
        self.seen = None

    def run(self):
        self.seen = self.source()


def test_what_is_polled_is_kept():
    poller = Poller(lambda: 1)
    poller.run()
    assert poller.seen == 1
