# file: executors.py
import queue


class _WorkItem:
    def __init__(self, future, fn):
        self.future = future
        self.fn = fn

    def run(self):
        if not self.future.set_running_or_notify_cancel():
            return
        self.future.set_result(self.fn())


class ThreadPoolExecutor:
    def shutdown(self, wait=True, *, cancel_futures=False):
        with self._shutdown_lock:
            self._shutdown = True
            if cancel_futures:
                while True:
                    try:
                        work_item = self._work_queue.get_nowait()
                    except queue.Empty:
                        break
                    if work_item is not None:
                        work_item.future.cancel()  # here
            self._work_queue.put(None)
