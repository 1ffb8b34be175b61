# As tests of locks do: the exception of each thread is kept, and the test looks at it.
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor


class TestLock(unittest.TestCase):
    def test_each_is_alone(self):
        errors = []

        def enter():
            try:
                with self.lock:
                    self.assertEqual(self.inside, 0)
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=enter) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(errors, [])

    def test_by_a_future(self):
        def enter():
            self.assertEqual(self.inside, 0)

        with ThreadPoolExecutor() as pool:
            future = pool.submit(enter)
        future.result()
