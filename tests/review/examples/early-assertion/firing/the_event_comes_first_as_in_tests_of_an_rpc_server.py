# As tests of an RPC server: the event says that the call has come, and not that it is done.
import threading
import unittest


class TestCall(unittest.TestCase):
    def test_reply(self):
        replies = []
        called = threading.Event()

        def call():
            called.set()
            reply = self.client.call("ping")
            replies.append(reply)

        thread = threading.Thread(target=call)
        thread.start()
        self.assertTrue(called.wait(10))
        self.assertEqual(["pong"], replies)  # here
        thread.join()
