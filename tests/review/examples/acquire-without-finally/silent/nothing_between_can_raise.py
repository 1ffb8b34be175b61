# file: service/box.py
import threading


class Box:
    def __init__(self):
        self.lock = threading.Condition()
        self.items = []
        self.count = 0

    def put(self, item):
        self.lock.acquire()
        self.items.append(item)
        self.count += 1
        self.lock.notify()
        self.lock.release()
