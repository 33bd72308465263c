"""The worker: does the tasks in the database; without one, moves an order on now and then."""

import itertools
import os
import signal
import threading
import time

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections

from orders import data

LONGEST_PAUSE_SECONDS = 10


class Command(BaseCommand):
    """Works until it is told to stop; what is in hand is finished first."""

    help = "Does the tasks in the database; without one, moves an order on every WORK_SECONDS (5)."

    def handle(self, *args, **options):
        self.seconds = float(os.environ.get("WORK_SECONDS", "5"))
        self.stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopped.set())
        self.stdout.write("worker ready")
        if settings.HAS_DATABASE:
            self.do_tasks()
        else:
            self.move_orders()
        self.stdout.write("worker stopped")

    def move_orders(self):
        """Orders made from their numbers, with nothing stored."""
        for number in itertools.count(1000):
            if self.stopped.wait(self.seconds):
                break
            order = data.order(number)
            self.stdout.write(f"order {number} to {order['city']}: {order['state']}")

    def do_tasks(self):
        """One task after the other; a line of figures for each WORK_SECONDS with any."""
        # Only where there is a database are there models to load.
        from orders.tasks import Outcome

        figures, poll, failures = Figures(), float(os.environ.get("POLL_SECONDS", "0.5")), 0
        while not self.stopped.is_set():
            try:
                outcome = self.do_one(figures)
                failures = 0
                if outcome is Outcome.NOTHING_DUE:
                    self.stopped.wait(poll)
            except (InterfaceError, OperationalError) as error:
                failures += 1
                self.stderr.write(f"the database does not answer: {str(error).splitlines()[0]}")
                self.stopped.wait(min(2 ** (failures - 1), LONGEST_PAUSE_SECONDS))
            if figures.seconds() >= self.seconds:
                self.tell(figures)
                figures = Figures()
        self.tell(figures)

    def do_one(self, figures):
        """As a request does, a task gets a connection of its own, unless CONN_MAX_AGE keeps it."""
        from orders.tasks import Outcome, do_next

        started = time.monotonic()
        close_old_connections()
        try:
            outcome = do_next()
        finally:
            close_old_connections()
        if outcome is not Outcome.NOTHING_DUE:
            figures.add(time.monotonic() - started, outcome is Outcome.FAILED)
        return outcome

    def tell(self, figures):
        """One line, if there is anything to tell."""
        if figures.durations:
            self.stdout.write(figures.line())


class Figures:
    """What was done since a moment ago, and how long each task took, its connection included."""

    def __init__(self):
        self.started = time.monotonic()
        self.durations = []
        self.failed = 0

    def add(self, seconds, is_failed):
        """One task."""
        self.durations.append(seconds)
        self.failed += is_failed

    def seconds(self):
        """How long ago that moment is."""
        return time.monotonic() - self.started

    def line(self):
        """Words and numbers, as logs are searched for."""
        ordered = sorted(self.durations)
        mean = sum(ordered) / len(ordered)
        p99 = ordered[min(len(ordered) * 99 // 100, len(ordered) - 1)]
        return (
            f"tasks={len(ordered)} failed={self.failed} seconds={self.seconds():.2f}"
            f" mean_ms={mean * 1000:.2f} p99_ms={p99 * 1000:.2f}"
        )
