# file: queues.py
import threading


class Queue:
    def __init__(self):
        self.mutex = threading.Lock()
        self.not_full = threading.Condition(self.mutex)
        self.all_done = threading.Condition(self.mutex)
        self.unfinished = 0
        threading.Thread(target=self.put).start()

    def put(self):
        with self.not_full:
            self.unfinished += 1

    def task_done(self):
        with self.all_done:
            self.unfinished = self.unfinished - 1
