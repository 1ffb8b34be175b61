# file: tests/test_race.py
from unittest import mock

import testtools

from bank import accounts

from racewright import after, before, scenario


class TransferTest(testtools.TestCase):
    def test_the_first_transfer_wins(self):
        # The audit has to come second.
        with scenario(
            after("bank.accounts:Account.write"),
            before("bank.accounts:audit"),
        ):
            # Both at once.
            accounts.run_all()
            self.assertEqual(3, accounts.total())
