"""Two threads count in a shared list, whose `append` is one indivisible step.

Safe without a lock: `list.append` is a single C call that CPython never divides, with or
without the GIL, and its length is read only after both threads were joined.
"""

import threading


def test_every_call_of_the_callback_is_counted():
    calls = []

    def callback():
        calls.append(None)

    threads = [threading.Thread(target=callback) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 2
