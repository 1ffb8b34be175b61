"""A validator that keeps the scope of an iteration on itself."""


class Validator:
    def __init__(self, base):
        self.scopes = [base]

    def errors(self, base, parts):
        self.scopes.append(base)
        try:
            for part in parts:
                if not part.startswith(self.scopes[-1]):
                    yield part
        finally:
            self.scopes.pop()
