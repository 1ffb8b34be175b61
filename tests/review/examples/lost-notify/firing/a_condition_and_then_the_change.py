# file: service/gate.py
import threading


class Gate:
    def __init__(self):
        self.changed = threading.Condition()
        self.is_open = False

    def open(self):
        with self.changed:
            self.changed.notify_all()  # here
        self.is_open = True

    def pass_through(self):
        with self.changed:
            while not self.is_open:
                self.changed.wait()
