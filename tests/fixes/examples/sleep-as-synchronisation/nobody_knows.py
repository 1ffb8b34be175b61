import threading
import time
from unittest import mock


def test_the_task_is_stopped(cache):
    writer = threading.Thread(target=cache.write_on_and_on)
    writer.start()
    time.sleep(0.5)
    cache.stop()
    writer.join()


def test_the_write_is_slow(cache):
    real = cache.write

    def slow(*args):
        time.sleep(1)
        return real(*args)

    with mock.patch("cache.Cache.write", slow):
        cache.run()
