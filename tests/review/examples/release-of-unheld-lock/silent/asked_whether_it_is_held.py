# file: service/saver.py
import threading

lock = threading.Lock()


def save(write):
    is_held = False
    try:
        is_held = lock.acquire(timeout=1)
        write()
    finally:
        if is_held:
            lock.release()


def flush(write):
    lock.acquire()
    try:
        write()
        lock.release()
    finally:
        if lock.locked():
            lock.release()
