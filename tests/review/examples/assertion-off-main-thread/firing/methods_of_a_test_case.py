import threading
import unittest
from concurrent.futures import ThreadPoolExecutor


class TestCache(unittest.TestCase):
    def check_all(self):
        for key in range(10):
            self.assertEqual(self.cache.get(key), key)  # here

    def test_in_a_thread(self):
        thread = threading.Thread(target=self.check_all)
        thread.start()
        thread.join()

    def test_in_a_pool(self):
        def look():
            value = self.cache.get(1)
            if value is None:
                self.fail("nothing is there")  # here

        with ThreadPoolExecutor() as pool:
            pool.submit(look)

    def test_later(self):
        timer = threading.Timer(0.1, self.check_some)
        timer.start()
        timer.join()

    def check_some(self):
        assert self.cache.get(1) == 1  # here
