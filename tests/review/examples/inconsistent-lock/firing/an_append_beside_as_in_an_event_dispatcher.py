# file: events/dispatcher.py
# The kind: a dispatcher of events that keeps back what it cannot send yet.
import threading


class Dispatcher:
    def __init__(self, channel):
        self.channel = channel
        self.mutex = threading.Lock()
        self._unsent = []

    def send(self, event):
        with self.mutex:
            self._unsent.append(event)

    def flush(self):
        with self.mutex:
            for event in self._unsent:
                self.channel.publish(event)
            self._unsent.clear()

    def take_over(self, other):
        self._unsent.extend(other.events())  # here
