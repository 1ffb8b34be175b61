# file: service/baton.py
import threading


class Baton:
    def __init__(self):
        self.gate = threading.Lock()
        self.gate.acquire()

    def open(self):
        self.gate.release()

    def pass_on(self):
        self.gate.acquire()
        self.gate.release()
