"""`Queue.get(timeout)` may fail, and then the worker is awaited.

Source: Python-native. needs: slack
Safe: after the join the answer must be there, so the second get needs no waiting.
"""

import queue
import threading


def test_answer_arrives():
    answers = queue.Queue()
    worker = threading.Thread(target=answers.put, args=(42,))
    worker.start()
    try:
        answer = answers.get(timeout=0.5)
    except queue.Empty:
        worker.join()
        answer = answers.get_nowait()
    worker.join()
    assert answer == 42
