"""One line on stdout per request that changes something or takes long."""

import logging
import os

log = logging.getLogger("orders")

RELEASE = os.environ.get("HEROKU_RELEASE_VERSION", "")


class RequestLog:
    """Logs the request's id, so that an outside client can check each of its requests here."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response["X-Release"] = RELEASE
        if request.method == "POST" or request.path == "/slow":
            log.info(
                "request_id=%s method=%s path=%s status=%s",
                request.headers.get("X-Request-Id", "-"),
                request.method,
                request.path,
                response.status_code,
            )
        return response
