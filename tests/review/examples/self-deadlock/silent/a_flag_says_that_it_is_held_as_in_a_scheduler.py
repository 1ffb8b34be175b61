# file: scheduler.py
# The kind: a scheduler whose internal methods can be called with and without the lock.
import threading


class Scheduler:
    def __init__(self):
        self._lock = threading.Lock()
        self._jobs = []

    def _add(self, job, is_locked=False):
        if is_locked:
            self._jobs.append(job)
            return
        with self._lock:
            self._jobs.append(job)

    def _remove(self, job, is_locked=False):
        if not is_locked:
            self._lock.acquire()
        self._jobs.remove(job)
        if not is_locked:
            self._lock.release()

    def replace(self, old, new):
        with self._lock:
            self._remove(old, is_locked=True)
            self._add(new, is_locked=True)
