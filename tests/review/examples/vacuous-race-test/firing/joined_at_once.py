import threading
import unittest


class TestBank(unittest.TestCase):
    def test_racing_transfers(self):
        one = threading.Thread(target=self.bank.transfer)
        two = threading.Thread(target=self.bank.audit)
        one.start()  # here
        one.join()
        two.start()
        two.join(10)
        self.assertEqual(self.bank.total, 100)

    def test_many(self):
        """Deposits are made in parallel."""
        for _ in range(5):
            thread = threading.Thread(target=self.bank.deposit)
            thread.start()  # here
            thread.join()
        self.assertEqual(self.bank.total, 105)
