# file: lexer.py
class Lexer:
    _instance = None

    @classmethod
    def get(cls):
        if cls._instance is None:
            lexer = cls()
            lexer.load()
            cls._instance = lexer
        return cls._instance

    def load(self):
        self.words = ["select", "from"]
