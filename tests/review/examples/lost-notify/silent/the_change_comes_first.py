# file: service/gate.py
import threading


class Gate:
    def __init__(self):
        self.changed = threading.Condition()
        self.event = threading.Event()
        self.is_open = False

    def open(self):
        with self.changed:
            self.changed.notify_all()
            self.is_open = True

    def open_outside(self):
        self.is_open = True
        with self.changed:
            self.changed.notify_all()
        self.event.set()
        self.opened_by = "me"

    def pass_through(self):
        with self.changed:
            self.changed.wait_for(lambda: self.is_open)
        self.event.wait()
        return self.is_open
