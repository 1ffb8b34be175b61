# file: executors.py
import queue
import threading


class ThreadPoolExecutor:
    def __init__(self):
        self._work_queue = queue.SimpleQueue()
        self._shutdown = False
        self._shutdown_lock = threading.Lock()

    def submit(self, fn, /, *args, **kwargs):
        with self._shutdown_lock:
            if self._shutdown:
                raise RuntimeError("cannot schedule new futures after shutdown")
            work = WorkItem(fn, args, kwargs)
            self._work_queue.put(work)
            return work.future

    def shutdown(self):
        with self._shutdown_lock:
            self._shutdown = True
            while not self._work_queue.empty():
                self._work_queue.get_nowait().future.cancel()
            self._work_queue.put(None)
