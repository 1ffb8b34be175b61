import threading
import time


def test_the_value_arrives(cache):
    thread = threading.Thread(target=cache.fill)
    thread.start()
    time.sleep(1)  # here
    assert cache.value == 1
    thread.join()
