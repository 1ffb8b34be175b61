"""A program that handles what its threads raise."""

import threading


def test_ends():
    seen = []
    threading.excepthook = lambda args: seen.append(args.exc_type)

    def fail():
        raise LookupError

    threads = [threading.Thread(target=fail) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [LookupError, LookupError]
