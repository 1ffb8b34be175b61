"""A generator that keeps its scope on a stack of the object, and pops another's.

Source: Python-native (jsonschema 4.17.3, `RefResolver.push_scope`).

    one                      two
    pushes "a"
                             pushes "b"
    "a/one" is not below "b"
"""

import threading


class Validator:
    def __init__(self):
        self.scopes = [""]

    def errors(self, base, parts):
        self.scopes.append(base)
        try:
            for part in parts:
                if not part.startswith(self.scopes[-1]):
                    yield part
        finally:
            self.scopes.pop()


def test_two_may_validate_at_once():
    validator = Validator()
    found = []

    def validate(base):
        found.extend(validator.errors(base, [f"{base}/one"]))

    threads = [threading.Thread(target=validate, args=(base,)) for base in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == []
