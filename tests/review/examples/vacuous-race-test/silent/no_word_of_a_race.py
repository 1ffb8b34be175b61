import threading
import time
from unittest import mock


def test_each_thread_has_its_own(store):
    for _ in range(3):
        thread = threading.Thread(target=store.fill)
        thread.start()
        thread.join()
    assert store.is_empty


def test_traces_are_kept(service):
    def slow_load(*args):
        time.sleep(1)

    def slow_drop(*args):
        time.sleep(1)

    with mock.patch("service.load", new=slow_load), mock.patch("service.drop", new=slow_drop):
        service.run()
