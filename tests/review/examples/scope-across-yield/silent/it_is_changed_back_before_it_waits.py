# file: validators.py
class Validator:
    def errors(self, schema):
        for part in schema.parts:
            self.scopes.append(part.scope)
            try:
                found = list(part.check())
            finally:
                self.scopes.pop()
            yield from found
