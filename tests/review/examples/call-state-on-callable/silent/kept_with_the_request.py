# file: site/middleware.py
import time


class TimingMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response
        self.header = "X-Took"

    def __call__(self, request):
        began = time.monotonic()
        request.began = began
        response = self.get_response(request)
        response[self.header] = str(time.monotonic() - began)
        return response
