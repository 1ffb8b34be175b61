import threading

from put_after_stop_check import Mailbox


def test_a_letter_is_refused_or_given_back():
    mailbox = Mailbox()
    told = []

    def send():
        try:
            mailbox.send("hello")
        except RuntimeError:
            told.append("refused")

    sender = threading.Thread(target=send)
    sender.start()
    told.extend(mailbox.stop())
    sender.join()
    assert told in (["refused"], ["hello"])
