# file: service/meter.py
class Meter:
    """Counts what is read and written. An object may be shared by several threads."""

    def __init__(self):
        self.total = 0

    def count(self, size):
        self.total += size  # here
