# file: service/nested.py
import threading

lock = threading.RLock()


def update(first, second):
    lock.acquire()
    first()
    lock.acquire()
    second()
    lock.release()
    lock.release()
