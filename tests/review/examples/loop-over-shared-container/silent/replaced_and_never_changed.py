# file: service/routes.py
import threading


class Routes:
    """Copy on write: what is looped over is never changed."""

    def __init__(self):
        self.routes = {}
        threading.Thread(target=self._check, daemon=True).start()

    def add(self, name, route):
        routes = dict(self.routes)
        routes[name] = route
        self.routes = routes

    def _check(self):
        for route in self.routes.values():
            route.check()
