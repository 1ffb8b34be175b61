"""A service whose timers go off for ever: the order is impossible all the same."""

import threading

from racewright import after, before

OUTCOME = "impossible"
RESULT = ["first", "second"]
NEXT = 1
HELD = ["first"]
HOLDER = ("second", "first")
TIMED = True


class Service:
    def __init__(self):
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.is_taken = threading.Event()
        self.log = []

    def tick(self):
        while not self.stop.wait(0.05):
            pass

    def note(self):
        self.log.append(threading.current_thread().name)

    def request(self):
        with self.lock:
            self.is_taken.set()
            self.note()


def points():
    return (after(Service.note, task="second"), before(Service.note, task="first"))


def run():
    service = Service()
    clocks = [threading.Thread(target=service.tick, name=f"clock-{n}") for n in range(3)]
    requests = [threading.Thread(target=service.request, name=name) for name in ("first", "second")]
    for thread in clocks:
        thread.start()
    requests[0].start()
    service.is_taken.wait()
    requests[1].start()
    for thread in requests:
        thread.join()
    service.stop.set()
    for thread in clocks:
        thread.join()
    return service.log
