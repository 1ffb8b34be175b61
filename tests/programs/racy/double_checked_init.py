"""Double-checked locking that shows the object before it is ready.

Source: Python-native; sqlparse 0.4.4's `Lexer.get_default_instance` did this. The lock is
right, the order of the two statements under it is not.

    one                             two
    with lock:
      instance = Lexer()
                                    instance is not None
                                    instance.rules is None: TypeError
      instance.rules = [...]
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
                    cls.instance = cls()
                    cls.instance.rules = ["select"]
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
