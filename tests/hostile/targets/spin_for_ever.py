"""A wait for what nobody will ever do."""

import threading


class Flag:
    up = False


def test_ends():
    flag = Flag()

    def wait():
        while not flag.up:
            pass

    threads = [threading.Thread(target=wait, name=f"waiting-{each}") for each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
