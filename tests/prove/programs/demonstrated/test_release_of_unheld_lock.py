import threading

from release_of_unheld_lock import Upload


def test_both_are_sent():
    upload = Upload()
    threads = [threading.Thread(target=upload.send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert upload.sent == 2
