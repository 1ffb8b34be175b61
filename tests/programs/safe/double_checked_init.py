"""Double-checked locking that shows the object when it is ready.

Safe: the object is complete before the one store that publishes it, and CPython does not
reorder stores.
"""

import threading


class Lexer:
    lock = threading.Lock()
    instance = None

    def __init__(self):
        self.rules = None

    @classmethod
    def default(cls):
        if cls.instance is None:
            with cls.lock:
                if cls.instance is None:
                    instance = cls()
                    instance.rules = ["select"]
                    cls.instance = instance
        return cls.instance


def test_default_lexer_knows_its_rules():
    Lexer.instance = None
    known = []

    def lex():
        known.append("select" in Lexer.default().rules)

    threads = [threading.Thread(target=lex) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert known == [True, True]
