import threading
import unittest


class TestServer(unittest.TestCase):
    def test_it(self):
        thread = threading.Thread(target=self.serve)
        self.addCleanup(thread.join)
        thread.start()
        other = threading.Thread(target=self.serve)
        self.threads.append(other)
        other.start()
