import time


def test_a_closed_queue_does_not_wait(close):
    began = time.monotonic()
    close()
    assert time.monotonic() - began < 0.1


program = test_a_closed_queue_does_not_wait
