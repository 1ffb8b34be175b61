"""A wait by looking again and again, with a sleep between; another task ends it."""

import threading
import time


class Flag:
    up = False


def test_ends():
    flag = Flag()

    def raise_it():
        time.sleep(0.01)
        flag.up = True

    thread = threading.Thread(target=raise_it)
    thread.start()
    while not flag.up:
        time.sleep(0.001)
    thread.join()
