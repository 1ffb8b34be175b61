import threading
from unittest import mock


def test_it_says_so(service):
    asked = threading.Event()

    def ask():
        service.client.get("/")
        asked.set()
        service.rest()

    with mock.patch("service.client.get"):
        thread = threading.Thread(target=ask)
        thread.start()
        assert asked.wait(10)
    thread.join()


def test_before_the_start(service):
    def ask():
        service.client.get("/")

    with mock.patch("service.client.get"):
        thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    with mock.patch("service.client.get"):
        service.close()
