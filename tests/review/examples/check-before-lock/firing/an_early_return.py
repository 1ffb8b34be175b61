# file: service/tokens.py
import threading


class Tokens:
    def __init__(self, fetch):
        self.fetch = fetch
        self.mutex = threading.RLock()
        self.tokens = {}

    def token(self, user):
        if user in self.tokens:  # here
            return self.tokens[user]
        with self.mutex:
            self.tokens[user] = self.fetch(user)
        return self.tokens[user]
