"""A task stores its result, and then says that it is done.

Safe: the event orders the store before the read.
"""

import threading


class Task:
    def __init__(self):
        self.done = threading.Event()
        self.result = None

    def run(self):
        self.result = 42
        self.done.set()

    def get(self):
        self.done.wait()
        return self.result


def test_a_finished_task_has_its_result():
    task = Task()
    running = threading.Thread(target=task.run)
    running.start()
    result = task.get()
    running.join()
    assert result == 42
