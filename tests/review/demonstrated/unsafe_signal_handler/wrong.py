# file: service/server.py
import signal
import threading


class Server:
    def __init__(self):
        self.lock = threading.Lock()
        self.jobs = []
        signal.signal(signal.SIGUSR1, self.reload)

    def add(self, job):
        with self.lock:
            job()
            self.jobs.append(job)

    def reload(self, number, frame):
        with self.lock:
            self.jobs.clear()


def program():
    before = signal.getsignal(signal.SIGUSR1)
    server = Server()
    try:
        server.add(lambda: signal.raise_signal(signal.SIGUSR1))
        assert len(server.jobs) == 1
    finally:
        signal.signal(signal.SIGUSR1, before)
