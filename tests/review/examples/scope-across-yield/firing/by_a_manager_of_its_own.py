# file: printer.py
from contextlib import contextmanager


class Printer:
    def __init__(self):
        self.prefixes = []

    @contextmanager
    def prefixed(self, prefix):
        self.prefixes.append(prefix)  # here
        try:
            yield
        finally:
            self.prefixes.pop()

    def lines(self, node):
        with self.prefixed(node.name):
            for each in node.children:
                yield "".join(self.prefixes) + each.name
