import threading
from functools import cached_property


class Service:
    @cached_property
    def connection(self):
        return object()  # here


def test_one_connection():
    service = Service()
    found = []
    threads = [threading.Thread(target=lambda: found.append(service.connection)) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
