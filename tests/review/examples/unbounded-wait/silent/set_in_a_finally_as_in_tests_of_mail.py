# The shape of tests of clients with a server in a thread: the server says in any case that it is done.
import threading
import unittest


def serve(server, served):
    try:
        server.handle()
    finally:
        server.close()
        served.set()


class Test(unittest.TestCase):
    def setUp(self):
        self.served = threading.Event()
        self.thread = threading.Thread(target=serve, args=(self.server, self.served))
        self.thread.start()

    def test_send(self):
        self.client.send("spam")
        self.served.wait()
        self.assertEqual(self.server.seen, ["spam"])
