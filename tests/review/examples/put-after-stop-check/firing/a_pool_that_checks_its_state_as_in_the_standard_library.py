# file: pools.py
import queue
import threading

RUN, CLOSE, TERMINATE = "RUN", "CLOSE", "TERMINATE"


class Pool:
    def __init__(self):
        self._state = RUN
        self._taskqueue = queue.SimpleQueue()
        self._handler = threading.Thread(target=handle_tasks, args=(self._taskqueue,))

    def _check_running(self):
        if self._state != RUN:
            raise ValueError("Pool not running")

    def apply_async(self, func, args=()):
        self._check_running()  # here
        result = Result(self)
        self._taskqueue.put((result.job, func, args))
        return result

    def imap(self, func, iterable):
        self._check_running()
        result = Results(self)
        self._taskqueue.put((result.job, func, iterable))
        return result

    def terminate(self):
        self._state = TERMINATE
        self._taskqueue.put(None)
