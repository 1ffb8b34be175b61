# file: service/stats.py
import signal
from threading import Lock

_guard = Lock()
_counts = {}


def count(word):
    with _guard:
        _counts[word] = _counts.get(word, 0) + 1


def show(number, frame):
    with _guard:  # here
        print(_counts)


signal.signal(signal.SIGUSR1, show)
