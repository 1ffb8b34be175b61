# file: scopes.py
import contextlib


class Resolver:
    def __init__(self, base):
        self.scopes = [base]

    @contextlib.contextmanager
    def in_scope(self, scope):
        self.scopes.append(scope)
        try:
            yield
        finally:
            self.scopes.pop()

    def resolve_all(self, references, scope):
        with self.in_scope(scope):
            return [self.resolve(each) for each in references]
