# file: site/middleware.py
from django.utils.deprecation import MiddlewareMixin


class AuditMiddleware(MiddlewareMixin):
    def process_request(self, request):
        self.user = request.user  # here

    def process_response(self, request, response):
        write_audit(self.user, response.status_code)
        return response
