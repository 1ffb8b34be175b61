# As tests of a logging server wait for the handler's event, with a long timeout.
import threading
import unittest

LONG = 30


class TestServer(unittest.TestCase):
    def setUp(self):
        self.handled = threading.Event()

    def test_output(self):
        self.client.send("spam")
        self.handled.wait(LONG)  # here
        self.assertEqual(self.output, "spam\n")

    def test_a_condition(self):
        changed = threading.Condition()
        with changed:
            changed.wait_for(lambda: self.output, timeout=5)  # here
        self.assertEqual(self.output, "spam\n")
