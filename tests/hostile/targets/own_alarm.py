"""A test with a SIGALRM handler of its own."""

import signal
import threading


def test_ends():
    def ring(number, frame):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(30)
    try:
        threads = [threading.Thread(target=len, args=([],)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
