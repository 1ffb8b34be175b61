"""What is counted without a lock is nothing that anybody reads; what goes wrong is something else:
the settings may be asked for before they are there.
"""

import threading


class Service:
    def __init__(self):
        self.calls = 0
        self.settings = None
        self.answers = []

    def configure(self):
        self.calls += 1
        self.settings = {"name": "service"}

    def answer(self):
        self.calls += 1
        self.answers.append(self.settings)

    def run(self):
        threads = [
            threading.Thread(target=self.configure),
            threading.Thread(target=self.answer),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
