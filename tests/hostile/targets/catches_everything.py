"""A task that catches whatever is raised in it, and goes on."""

import threading


def test_ends():
    def stubborn():
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass

    thread = threading.Thread(target=stubborn, name="stubborn")
    thread.start()
    thread.join()
