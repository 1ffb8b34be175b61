# As stress tests do: many tasks, small pauses, and no claim about their order.
import random
import threading
import time
import unittest


class TestRace(unittest.TestCase):
    def test_concurrent_use(self):
        def use():
            for _ in range(100):
                self.cache.get(1)
                time.sleep(0.001)

        def drop():
            for _ in range(100):
                self.cache.clear()
                time.sleep(random.random() / 100)

        threads = [threading.Thread(target=use) for _ in range(4)]
        threads += [threading.Thread(target=drop)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertTrue(self.cache.is_whole)

    def test_same_section(self):
        """All sleep inside of the section, so that a race would be seen."""

        def enter():
            with self.lock:
                self.inside += 1
                time.sleep(0.1)
                self.inside -= 1

        threads = [threading.Thread(target=enter) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
