# file: validators.py
class Validator:
    def __init__(self, schema, resolver):
        self.schema = schema
        self.resolver = resolver

    def iter_errors(self, instance, _schema=None):
        if _schema is None:
            _schema = self.schema
        if _schema is True:
            return
        scope = id_of(_schema)
        if scope:
            self.resolver.push_scope(scope)  # here
        try:
            for keyword, value in applicable(_schema):
                validator = self.VALIDATORS.get(keyword)
                if validator is None:
                    continue
                for error in validator(self, value, instance, _schema) or ():
                    error.set(validator=keyword, instance=instance)
                    yield error
        finally:
            if scope:
                self.resolver.pop_scope()
