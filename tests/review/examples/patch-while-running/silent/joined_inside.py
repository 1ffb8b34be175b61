import threading
from concurrent.futures import ThreadPoolExecutor
from unittest import mock


def test_joined(service):
    def ask():
        service.client.get("/")

    with mock.patch("service.client.get") as get:
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert get.called


def test_a_pool_of_its_own(service):
    def ask():
        return service.client.get("/")

    with mock.patch("service.client.get", return_value="ok"):
        with ThreadPoolExecutor() as pool:
            asked = pool.submit(ask)
    assert asked.result() == "ok"
