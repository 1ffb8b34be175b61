# file: service/state.py
# The shape of services that keep their state on disk now and then.
import json
import threading


class State:
    def __init__(self, path):
        self._path = path
        self._values = {}

    def start(self):
        self._timer = threading.Timer(30, self._tick)
        self._timer.start()

    def _tick(self):
        self._write()
        self.start()

    def _write(self):
        with open(self._path, "w") as file:  # here
            json.dump(self._values, file)

    def reload(self):
        with open(self._path) as file:
            self._values = json.load(file)
