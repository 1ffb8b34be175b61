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

    def work():
        answers.put(42)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        answer = answers.get(timeout=0.5)
    finally:
        worker.join()
    assert answer == 42
