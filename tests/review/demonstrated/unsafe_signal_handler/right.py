# file: service/server.py
import signal
import threading


class Server:
    def __init__(self):
        self.lock = threading.Lock()
        self.jobs = []
        self.must_reload = False
        signal.signal(signal.SIGUSR1, self.note)

    def add(self, job):
        with self.lock:
            if self.must_reload:
                self.must_reload = False
                self.jobs.clear()
            job()
            self.jobs.append(job)

    def note(self, number, frame):
        self.must_reload = True


def program():
    before = signal.getsignal(signal.SIGUSR1)
    server = Server()
    try:
        server.add(lambda: signal.raise_signal(signal.SIGUSR1))
        assert len(server.jobs) == 1
        assert server.must_reload
    finally:
        signal.signal(signal.SIGUSR1, before)
