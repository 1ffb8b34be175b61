# file: driver/port.py
# The kind: a driver of a serial device, with one lock for the port.
import threading


class Port:
    def __init__(self, wire):
        self.wire = wire
        self._lock = threading.Lock()

    def send(self, frame):
        self._lock.acquire(True, 2.0)
        try:
            self.wire.write(frame)
        finally:
            self._lock.release()  # here
