import threading


def test_both(worker):
    one, two = threading.Event(), 0
    first = threading.Event()
    worker.start(first); first.wait()
