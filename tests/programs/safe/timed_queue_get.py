"""`Queue.get(timeout)` may fail, and then the worker is awaited.

Source: Python-native. needs: slack
Safe: after the join the answer must be there, so the second get needs no waiting.
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
    except queue.Empty:
        worker.join()
        answer = answers.get_nowait()
    worker.join()
    assert answer == 42
