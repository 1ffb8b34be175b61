"""A wait without a pause for what another task does after a sleep."""

import threading
import time


class Flag:
    up = False


def test_ends():
    flag = Flag()

    def raise_it():
        time.sleep(30)
        flag.up = True

    thread = threading.Thread(target=raise_it)
    thread.start()
    while not flag.up:
        pass
    thread.join()
