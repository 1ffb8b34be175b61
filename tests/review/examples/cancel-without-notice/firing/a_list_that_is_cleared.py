# file: scheduler.py
class Scheduler:
    def run_next(self):
        future, work = self.waiting.popleft()
        if future.set_running_or_notify_cancel():
            future.set_result(work())

    def clear(self):
        for future, _ in list(self.waiting):
            future.cancel()  # here
        self.waiting.clear()
