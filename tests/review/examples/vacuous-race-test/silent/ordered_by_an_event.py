import threading
import time
from unittest import mock


def test_the_race_of_two_patched_methods(service):
    loaded = threading.Event()

    def slow_load(*args):
        time.sleep(1)
        loaded.set()

    def slow_drop(*args):
        loaded.wait(10)
        time.sleep(1)

    with mock.patch("service.load", new=slow_load), mock.patch("service.drop", new=slow_drop):
        service.run()
    assert service.is_whole


def test_concurrent_reads(store):
    both = threading.Barrier(2)

    def read():
        time.sleep(0.1)
        both.wait()

    def write():
        time.sleep(0.2)
        both.wait()

    one, two = threading.Thread(target=read), threading.Thread(target=write)
    one.start()
    two.start()
    one.join()
    two.join()
