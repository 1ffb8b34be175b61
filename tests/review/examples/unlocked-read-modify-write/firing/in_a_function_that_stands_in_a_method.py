import threading
import unittest


class Counting(unittest.TestCase):
    def test_all_are_counted(self):
        self.count = 0

        def work():
            self.count += 1  # here

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(self.count, 2)
