import threading


def test_a_lock_can_be_taken_again_when_it_is_free():
    lock = threading.Lock()
    with lock:
        pass
    with lock:
        assert True
