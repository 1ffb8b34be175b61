# file: service/loader.py
import threading

lock = threading.Lock()


def load(read):
    lock.acquire()
    try:
        value = read()
    except BaseException:
        lock.release()
        raise
    lock.release()
    return value


def load_or_nothing(read):
    lock.acquire()
    try:
        value = read()
    except Exception:
        value = None
    lock.release()
    return value
