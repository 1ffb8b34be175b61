# file: tests/test_race.py
import time
from unittest import mock

import fixtures
import testtools

from bank import accounts


class TransferTest(testtools.TestCase):
    def test_the_first_transfer_wins(self):
        # The audit has to come second.
        real_write = accounts.Account.write

        def slow_write(*args, **kwargs):
            time.sleep(0.5)
            return real_write(*args, **kwargs)

        self.useFixture(fixtures.MockPatch("bank.accounts.Account.write", new=slow_write))

        real_audit = accounts.audit

        def slow_audit():
            time.sleep(2)
            return real_audit()

        self.useFixture(fixtures.MockPatch("bank.accounts.audit", new=slow_audit))

        # Both at once.
        accounts.run_all()
        self.assertEqual(3, accounts.total())
