# file: service/application.py
class Application:
    def __init__(self, inner):
        self.inner = inner
        self.requests = 0

    def __call__(self, environ, start_response):
        self.requests += 1  # here
        return self.inner(environ, start_response)
