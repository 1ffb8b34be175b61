# file: service/watching.py
import weakref


class Watchers:
    def __init__(self):
        self.refs = {}
        self.gone = []

    def watch(self, item, tell):
        self.refs[weakref.ref(item, self._gone)] = tell

    def tell(self, event):
        while self.gone:
            self.refs.pop(self.gone.pop(), None)
        for ref, tell in self.refs.items():
            tell(ref(), event)

    def _gone(self, ref):
        self.gone.append(ref)
