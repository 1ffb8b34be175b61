# file: site/middleware.py
class HostMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response
        self.host = None

    def __call__(self, request):
        if self.host is None:
            self.host = request.get_host()
        response = self.get_response(request)
        response["X-Host"] = self.host
        return response
