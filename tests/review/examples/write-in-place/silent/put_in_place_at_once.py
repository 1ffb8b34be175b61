# file: service/state.py
# As libraries for settings write them.
import json
import os
import tempfile
import threading


class State:
    def __init__(self, path):
        self.path = path
        self.values = {}

    def start(self):
        threading.Thread(target=self.save).start()

    def save(self):
        descriptor, aside = tempfile.mkstemp(dir=os.path.dirname(self.path))
        with open(descriptor, "w") as file:
            json.dump(self.values, file)
        os.replace(aside, self.path)

    def load(self):
        with open(self.path) as file:
            return json.load(file)
