# file: service/watching.py
import weakref


class Watchers:
    def __init__(self):
        self.refs = {}

    def watch(self, item, tell):
        self.refs[weakref.ref(item, self._gone)] = tell

    def tell(self, event):
        for ref, tell in list(self.refs.items()):
            tell(ref(), event)

    def _gone(self, ref):
        self.refs.pop(ref, None)
