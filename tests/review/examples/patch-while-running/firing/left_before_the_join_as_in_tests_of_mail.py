# As tests of a mailer: the fake is there while the thread starts, and not while it sends.
import threading
import unittest
from unittest import mock

from service import smtp


class TestMailer(unittest.TestCase):
    def deliver(self):
        self.mailer.prepare()
        self.send_all()

    def send_all(self):
        smtp.send("hello")

    def test_sends(self):
        with mock.patch.object(smtp, "send") as send:  # here
            thread = threading.Thread(target=self.deliver)
            thread.start()
        thread.join()
        send.assert_called_once_with("hello")
