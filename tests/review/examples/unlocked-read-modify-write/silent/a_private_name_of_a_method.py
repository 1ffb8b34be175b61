# file: service/numbers.py
class Generator:
    def __init__(self):
        self.count = 0

    def next(self):
        self.count += 1
        return self.count


_one = Generator()
_next = _one.next  # of this module alone
