# file: service/counter.py
import threading

hits = {}


def hit(page):
    lock = threading.Lock()
    with lock:  # here
        hits[page] = hits.get(page, 0) + 1
