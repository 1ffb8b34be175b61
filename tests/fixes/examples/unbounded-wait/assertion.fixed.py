import queue
import threading
import unittest


def test_the_worker_is_ready(worker):
    ready = threading.Event()
    worker.start(ready)

    # It says so itself.
    assert ready.wait(timeout=10)  # for ever, if it does not
    assert worker.is_running


def test_the_result_is_there(worker):
    results = queue.Queue()
    worker.start(results)
    assert results.get(timeout=10) == 1
    assert results.get(True, timeout=10) == 2


def test_the_worker_meets_us(worker):
    barrier = threading.Barrier(2)
    worker.start(barrier)
    barrier.wait(timeout=10)


class WorkerTest(unittest.TestCase):
    def test_ready(self):
        ready = threading.Event()
        self.worker.start(ready)
        self.assertTrue(ready.wait(timeout=10))
