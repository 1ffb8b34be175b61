# file: service/journal.py
import threading

lock = threading.Lock()


def append(path, line):
    lock.acquire()  # here
    with open(path, "a") as file:
        file.write(line)
    lock.release()
