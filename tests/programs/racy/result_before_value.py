"""A task says that it is done, and then stores its result.

Source: JDK-7132378, JaConTeBe jdk7_3: FutureTask.get saw null.

    task                     caller
    done.set()
                             done.wait()
                             result is None
    result = 42
"""

import threading


class Task:
    def __init__(self):
        self.done = threading.Event()
        self.result = None

    def run(self):
        self.done.set()
        self.result = 42

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
