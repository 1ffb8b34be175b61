# file: service/refresh.py
import threading

_refreshing = threading.Lock()


def refresh(load):
    if not _refreshing.acquire(blocking=False):  # here
        return None
    value = load()
    _refreshing.release()
    return value
