# file: processes.py
class Manager:
    def start(self, number):
        item = self.pending[number]
        if item.future.set_running_or_notify_cancel():
            self.calls.put(item)

    def stop(self):
        left = {}
        for number, item in self.pending.items():
            if not item.future.cancel():  # here
                left[number] = item
        self.pending = left
