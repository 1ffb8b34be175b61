# file: service/meter.py
class Meter:
    """Counts what is read and written. It is not thread-safe: each thread has one of its own."""

    def __init__(self):
        self.total = 0

    def count(self, size):
        self.total += size
