# file: service/notifier.py
# The kind: a service that tells others of changes without waiting for them.
import concurrent.futures


class Notifier:
    def __init__(self, targets):
        self._pool = concurrent.futures.ThreadPoolExecutor(max_workers=8)
        self._targets = targets

    def _post(self, target, change):
        answer = target.post(change)
        if not answer.ok:
            raise RuntimeError(answer)

    def changed(self, change):
        for target in self._targets:
            self._pool.submit(self._post, target, change)  # here
