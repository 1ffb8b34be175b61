# file: service/state.py
import threading


class State:
    def __init__(self, path):
        self.path = path
        self.lock = threading.Lock()

    def start(self):
        threading.Thread(target=self.save).start()

    def save(self):
        with self.lock, open(self.path, "w") as file:
            file.write("state")

    def load(self):
        with self.lock, open(self.path) as file:
            return file.read()


class Log:
    def __init__(self, path, other):
        self.path = path
        self.other = other

    def start(self):
        threading.Thread(target=self.write).start()

    def write(self):
        with open(self.path, "a") as file:
            file.write("line")

    def read(self):
        with open(self.path) as file:
            return file.read()

    def clear(self):
        with open(self.other, "w") as file:
            file.write("")
