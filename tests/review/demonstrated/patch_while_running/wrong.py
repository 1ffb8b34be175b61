import threading
from unittest import mock


class Mailer:
    prepared = False

    def prepare(self):
        self.prepared = True

    def deliver(self, text):
        raise RuntimeError("a real mail was sent")


def test_the_mail_is_sent():
    mailer = Mailer()

    def send():
        mailer.prepare()
        mailer.deliver("hello")

    with mock.patch.object(Mailer, "deliver") as deliver:
        thread = threading.Thread(target=send)
        thread.start()
    thread.join()
    assert deliver.called


program = test_the_mail_is_sent
