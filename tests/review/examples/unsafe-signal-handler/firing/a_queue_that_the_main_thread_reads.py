# file: service/events.py
import queue
import signal

events = queue.Queue()


def on_signal(number, frame):
    events.put(number)  # here


def main():
    signal.signal(signal.SIGTERM, on_signal)
    while events.get() != signal.SIGTERM:
        pass
