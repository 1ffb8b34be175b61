# The shape of stress tests: the sleep says how long, and nothing is concluded from where they are.
import threading
import time

from helpers import start_threads


def test_many_writers_do_no_harm(log):
    finish = False

    def write():
        while not finish:
            log.write("line")

    with start_threads(threading.Thread(target=write) for _ in range(10)):
        time.sleep(0.5)
        finish = True
    assert log.is_whole()


def test_readers_do_no_harm(log):
    stop = threading.Event()
    threads = [threading.Thread(target=log.read, args=(stop,)) for _ in range(3)]
    with start_threads(threads, stop.set):
        time.sleep(0.5)
    assert log.is_whole()


def test_a_thread_says_that_it_has_ended(log):
    thread = threading.Thread(target=log.close)
    thread.start()
    for _ in range(500):
        if "stopped" in repr(thread):
            break
        time.sleep(0.01)
    assert "stopped" in repr(thread)
    thread.join()


def test_a_log_that_is_removed_meanwhile_does_no_harm(log):
    remover = threading.Thread(target=log.remove)
    remover.start()
    for _ in range(100):
        time.sleep(0.005)
        log.write("line")
    remover.join()
