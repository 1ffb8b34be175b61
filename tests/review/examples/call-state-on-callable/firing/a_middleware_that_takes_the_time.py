# file: site/middleware.py
import time


class TimingMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        self.began = time.monotonic()  # here
        response = self.get_response(request)
        response["X-Took"] = str(time.monotonic() - self.began)
        return response
