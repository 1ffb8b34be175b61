"""A task that computes for ever, in a test that has taken SIGALRM away."""

import signal
import threading


def test_ends():
    def compute():
        while True:
            pass

    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    thread = threading.Thread(target=compute, name="computing")
    thread.start()
    thread.join()
