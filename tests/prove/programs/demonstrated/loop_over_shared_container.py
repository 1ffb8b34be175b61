"""Clients are counted while one comes."""

import threading


class Clients:
    def __init__(self):
        self.clients = {"one": 1, "two": 2}

    def add(self):
        self.clients["three"] = 3

    def total(self):
        total = 0
        for number in self.clients.values():
            total += number
        return total

    def run(self):
        threads = [threading.Thread(target=self.add), threading.Thread(target=self.total)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
