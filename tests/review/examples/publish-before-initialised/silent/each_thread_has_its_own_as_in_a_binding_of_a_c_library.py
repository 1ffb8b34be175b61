# file: writers.py
# The shape of a binding that keeps one writer for each thread.
import threading


class Context(threading.local):
    writer = None


context = Context()


class Writer:
    own = None

    def get(self):
        if self.own is None:
            self.own = Writer()
            self.own.srid = True
        return self.own


def writer():
    if context.writer is None:
        context.writer = Writer()
        context.writer.srid = True
    return context.writer
