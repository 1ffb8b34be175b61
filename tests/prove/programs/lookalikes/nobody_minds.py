"""The update can be lost, and two tasks do meet there; but no test asks for what is lost."""

import threading


class Visits:
    def __init__(self):
        self.count = 0

    def serve(self):
        self.count += 1

    def serve_two(self):
        threads = [threading.Thread(target=self.serve) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
