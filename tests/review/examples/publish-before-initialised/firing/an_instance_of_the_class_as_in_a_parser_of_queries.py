# file: lexer.py
# The shape of a lexer that all calls share, and that learns its words after it is stored.
class Lexer:
    _instance = None

    def __init__(self):
        self.words = None

    @classmethod
    def get(cls):
        if cls._instance is None:  # here
            cls._instance = cls()
            cls._instance.load()
        return cls._instance

    def load(self):
        self.words = ["select", "from"]
