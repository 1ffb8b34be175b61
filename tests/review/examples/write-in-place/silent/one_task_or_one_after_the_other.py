# file: service/report.py
import json
import threading


class Report:
    def __init__(self, path):
        self.path = path
        with open(self.path, "w") as file:
            file.write("{}")

    def make(self):
        threading.Thread(target=self.turn).start()

    def turn(self):
        values = self.load()
        self.save(values)

    def load(self):
        with open(self.path) as file:
            return json.load(file)

    def save(self, values):
        with open(self.path, "w") as file:
            json.dump(values, file)


OUTPUT = "report.txt"


def write():
    with open(OUTPUT, "w") as file:
        file.write("done")


def write_and_read():
    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    with open(OUTPUT) as file:
        return file.read()
