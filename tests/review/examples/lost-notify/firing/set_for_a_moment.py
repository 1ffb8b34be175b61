# file: service/ticker.py
import threading


class Ticker:
    def __init__(self):
        self.tick = threading.Event()

    def advance(self):
        self.tick.set()  # here
        self.tick.clear()

    def wait_for_tick(self):
        self.tick.wait()
