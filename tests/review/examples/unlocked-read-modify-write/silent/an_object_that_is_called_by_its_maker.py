# file: service/counting.py
class Numbers:
    def __init__(self):
        self.last = 0

    def __call__(self):
        self.last += 1
        return self.last


def number(lines):
    following = Numbers()
    return [(following(), line) for line in lines]
