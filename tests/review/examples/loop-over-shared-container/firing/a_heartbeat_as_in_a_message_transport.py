# file: transport/channel.py
# The kind: a message transport with a thread that keeps its subscriptions alive.
import threading


class Channel:
    _subscriptions: dict[str, object] = {}

    def __init__(self):
        self._stopped = threading.Event()
        threading.Thread(target=self._extend_deadlines, daemon=True).start()

    def subscribe(self, name, subscription):
        self._subscriptions[name] = subscription

    def _extend_deadlines(self):
        while not self._stopped.wait(10):
            for subscription in self._subscriptions.values():  # here
                subscription.extend()
