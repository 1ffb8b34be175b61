"""The result of `Event.wait(timeout)` is not looked at.

Source: Python-native. needs: slack
The wait ends before the work does only if the worker is kept from running for half a second, as
on a busy machine: a scheduler must be willing to let that much time pass while a task could
run.

    main                           worker
    wait(0.5) ...                  (not running)
    ... times out
    result is None
                                   result = 42
"""

import threading


def test_result_is_there_after_the_wait():
    done = threading.Event()
    result = None

    def work():
        nonlocal result
        result = 42
        done.set()

    worker = threading.Thread(target=work)
    worker.start()
    done.wait(timeout=0.5)
    seen = result
    worker.join()
    assert seen == 42
