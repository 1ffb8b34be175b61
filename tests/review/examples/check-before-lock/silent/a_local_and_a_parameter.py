# file: service/report.py
import threading

lock = threading.Lock()
lines = []


def report(line=None):
    found = None
    if line is None:
        with lock:
            line = lines[-1]
    if found is None:
        with lock:
            found = lines.copy()
            found.append(line)
    return found
