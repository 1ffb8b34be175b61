"""A state file that is written in place, and read by another thread."""

import json
import threading


class State:
    def __init__(self, path):
        self.path = path
        self.value = {"a": 1}
        self.read = None

    def save(self):
        with open(self.path, "w") as file:
            json.dump(self.value, file)

    def load(self):
        with open(self.path) as file:
            self.read = json.load(file)

    def run(self):
        self.save()
        threads = [
            threading.Thread(target=self.load),
            threading.Thread(target=self.save),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
