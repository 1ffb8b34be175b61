# file: executors.py
class Pool:
    def run(self):
        item = self.items.get()
        if item.future.set_running_or_notify_cancel():
            item.future.set_result(item.work())

    def stop(self):
        while not self.items.empty():
            item = self.items.get_nowait()
            item.future.cancel()
            item.future.set_running_or_notify_cancel()
