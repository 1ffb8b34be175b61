# file: watch.py
import threading


class Debounced:
    def __init__(self, delay):
        self.delay = delay

    def __call__(self, event):
        self.event = event  # here
        threading.Timer(self.delay, function=self.reload).start()

    def reload(self):
        print("reloading", self.event.path)
