# file: executors.py
class Pool:
    def run(self):
        item = self.items.popleft()
        if item.future.set_running_or_notify_cancel():
            item.future.set_result(item.work())

    def cancel_all(self):
        for item in list(self.items):
            item.future.cancel()
