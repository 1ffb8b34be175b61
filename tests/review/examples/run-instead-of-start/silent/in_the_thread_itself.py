# file: service/worker.py
import threading


class Worker(threading.Thread):
    def run(self):
        print("work")


class LoudWorker(Worker):
    def run(self):
        print("begin")
        super().run()

    def again(self):
        self.run()
