# file: service/status.py
import multiprocessing


class Reporter(multiprocessing.Process):
    def run(self):
        with open("status.txt", "rb") as file:
            print(file.read())


def report(status):
    with open("status.txt", "wb") as file:  # here
        file.write(status)
