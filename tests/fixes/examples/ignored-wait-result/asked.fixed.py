import threading
import unittest


class Account:
    def __init__(self):
        self.lock = threading.Lock()
        self.balance = 0

    def deposit(self, amount):
        if not self.lock.acquire(timeout=1):  # is it ours?
            raise TimeoutError("self.lock is taken")
        self.balance += amount
        self.lock.release()


def test_wait(work):
    done = threading.Event()
    work(done)
    assert done.wait(5)


def test_join(work):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(5)  # at most
    assert not thread.is_alive()


class WorkTest(unittest.TestCase):
    def test_wait(self):
        done = threading.Event()
        self.work(done)
        self.assertTrue(done.wait(timeout=5))
