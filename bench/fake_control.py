"""A control for the router bench: hands out one table and swallows what routers tell it.

usage: fake_control.py PORT TABLE_JSON_FILE
"""
import json, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TABLE = open(sys.argv[2]).read()
EPOCH, VERSION = (json.loads(TABLE)[k] for k in ("epoch", "version"))


class Control(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer, status = b"", 204
        if self.path == "/router/poll":
            asked = json.loads(body)
            if (asked["epoch"], asked["version"]) != (EPOCH, VERSION):
                answer, status = TABLE.encode(), 200
            else:
                time.sleep(5)
        elif self.path == "/router/report" and len(sys.argv) > 3:
            print(body.decode()[:2000], flush=True)
        elif self.path == "/router/logs" and len(sys.argv) > 3:
            print(body.decode()[:2000], flush=True)
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


ThreadingHTTPServer(("0.0.0.0", int(sys.argv[1])), Control).serve_forever()
