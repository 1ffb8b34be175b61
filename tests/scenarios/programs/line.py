"""A point before a line, told by its text and by a local variable."""

import threading

from racewright import after, at

OUTCOME = "happened"
RESULT = ["read 1", "read 2", "changed", "read 3"]
PASSED = ["main", "reader"]


class Book:
    def __init__(self):
        self.log = []
        self.paused = threading.Event()

    def read(self):
        for page in (1, 2, 3):
            if page == 3:
                self.paused.set()
            self.log.append(f"read {page}")

    def change(self):
        self.log.append("changed")


def points():
    return (
        after(Book.change),
        at("programs/line.py", 'self.log.append(f"read {page}")', where=lambda page: page == 3),
    )


def run():
    book = Book()
    reader = threading.Thread(target=book.read, name="reader")
    reader.start()
    book.paused.wait()
    book.change()
    reader.join()
    return book.log
