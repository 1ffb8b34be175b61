# As tests of threads that outlive their caller: asked until it has ended.
import time


def test_the_thread_ends(runner):
    thread = runner.start()
    runner.cancel()
    while thread.is_alive():  # here
        time.sleep(0.01)
    assert runner.result == 1
