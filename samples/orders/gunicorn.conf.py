"""Gunicorn's settings; it reads this file by itself. WEB_CONCURRENCY sets the processes."""

import os

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "16"))

# A request in flight at SIGTERM gets this long; a dyno is killed after 30 s.
graceful_timeout = 25

# For a process that no longer answers at all; a thread that waits in /slow does not count.
timeout = 30
