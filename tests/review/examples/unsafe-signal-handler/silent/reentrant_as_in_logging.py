# file: service/log.py
# As handlers of logging: their lock is reentrant, and a section can be entered again.
import queue
import signal
import threading

lock = threading.RLock()
changed = threading.Condition()
asked = queue.SimpleQueue()


def write(line):
    with lock:
        print(line)
    with changed:
        changed.notify_all()


def read():
    return asked.get()


def on_signal(number, frame):
    with lock:
        print("rotated")
    with changed:
        changed.notify_all()
    asked.put(number)


signal.signal(signal.SIGHUP, on_signal)
