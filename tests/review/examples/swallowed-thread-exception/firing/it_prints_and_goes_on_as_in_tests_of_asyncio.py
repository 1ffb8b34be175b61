# As tests of servers run a client in a thread, and print what goes wrong in it.
import threading
import unittest


class TestServer(unittest.TestCase):
    def test_accepts(self):
        def client():
            try:
                self.connection.open("localhost")
                self.connection.ask("hello")
            except Exception as error:  # here
                print("failure in the client", error)

        thread = threading.Thread(target=client, daemon=True)
        thread.start()
        self.server.serve_one()
        thread.join()
        self.assertTrue(self.server.is_open)
