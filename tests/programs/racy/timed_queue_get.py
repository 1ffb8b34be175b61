"""`Queue.get(timeout)` is believed to be long enough.

Source: Python-native. needs: slack

    main                           worker
    get(timeout=0.5) ...           (not running)
    ... queue.Empty
                                   put(42)
"""

import queue
import threading


def test_answer_arrives():
    answers = queue.Queue()
    worker = threading.Thread(target=answers.put, args=(42,))
    worker.start()
    try:
        answer = answers.get(timeout=0.5)
    finally:
        worker.join()
    assert answer == 42
