# The shape of a locator of components that two threads ask for the first time.
import threading


class Locator:
    def __init__(self):
        self.kept = {}
        self.deferred = {}

    def get(self, name):
        if name in self.deferred:  # here
            factory = self.deferred[name]
            self.kept[name] = factory()
            del self.deferred[name]
        return self.kept[name]


class Session:
    def __init__(self):
        self.locator = Locator()

    def credentials(self):
        return self.locator.get("credentials")


def test_two_threads_ask():
    session = Session()
    found = []

    def ask():
        found.append(session.credentials())

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
