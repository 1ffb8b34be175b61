# file: filelock/api.py
import time
from threading import Lock


class BaseFileLock:
    def __init__(self, lock_file, timeout=-1):
        self._lock_file = lock_file
        self._lock_file_fd = None
        self._timeout = timeout
        self._thread_lock = Lock()
        self._lock_counter = 0

    @property
    def is_locked(self):
        return self._lock_file_fd is not None

    def acquire(self, timeout=None, poll_interval=0.05):
        with self._thread_lock:
            self._lock_counter += 1  # here
        start = time.perf_counter()
        try:
            while True:
                with self._thread_lock:
                    if not self.is_locked:
                        self._acquire()
                if self.is_locked:
                    break
                if 0 <= timeout < time.perf_counter() - start:
                    raise Timeout(self._lock_file)
                time.sleep(poll_interval)
        except BaseException:
            with self._thread_lock:
                self._lock_counter = max(0, self._lock_counter - 1)
            raise
        return AcquireReturnProxy(lock=self)

    def release(self, force=False):
        with self._thread_lock:
            if self.is_locked:
                self._lock_counter -= 1
                if self._lock_counter == 0 or force:
                    self._release()
                    self._lock_counter = 0
