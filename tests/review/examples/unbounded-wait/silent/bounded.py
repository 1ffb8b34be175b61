import queue
import threading


def test_it(server):
    ready = threading.Event()
    results = queue.Queue()
    server.start(ready, results)
    assert ready.wait(10)
    assert results.get(timeout=10) == 1
    assert results.get(False) == 2
