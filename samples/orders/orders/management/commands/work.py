"""The worker: moves one order on, every few seconds."""

import itertools
import os
import signal
import threading

from django.core.management.base import BaseCommand

from orders import data


class Command(BaseCommand):
    """Works until it is told to stop; the order in hand is finished first."""

    help = "Moves one order on every WORK_SECONDS (5)."

    def handle(self, *args, **options):
        seconds = float(os.environ.get("WORK_SECONDS", "5"))
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        self.stdout.write("worker ready")
        for number in itertools.count(1000):
            if stopped.wait(seconds):
                break
            order = data.order(number)
            self.stdout.write(f"order {number} to {order['city']}: {order['state']}")
        self.stdout.write("worker stopped")
