from concurrent.futures import ThreadPoolExecutor
from unittest import mock


def test_in_a_pool(service):
    def ask():
        return service.client.get("/")

    with ThreadPoolExecutor() as pool:
        with mock.patch("service.client.get", return_value="ok"):  # here
            asked = pool.submit(ask)
        assert asked.result() == "ok"
