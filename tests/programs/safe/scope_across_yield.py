"""A generator that keeps its scope in a variable of its own.

Safe: nothing that others have is changed.
"""

import threading


class Validator:
    def __init__(self):
        self.scopes = [""]

    def errors(self, base, parts):
        scopes = [*self.scopes, base]
        for part in parts:
            if not part.startswith(scopes[-1]):
                yield part


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
