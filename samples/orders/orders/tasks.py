"""The queue: tasks are rows, and whoever works takes one that nobody else has in hand."""

import enum
import hashlib
import json
import logging
import random
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from orders import shop
from orders.models import Order, Task

MOST_ATTEMPTS = 10
LONGEST_WAIT_SECONDS = 3600

# Written out: to have the same statements put together anew for each task took a third of a worker's time.
TAKE = """
SELECT task.id, task.kind, task.attempts, placed.number, placed.city, placed.parcels, placed.state
  FROM orders_task AS task JOIN orders_order AS placed ON placed.number = task.order_id
 WHERE task.done_at IS NULL AND task.given_up_at IS NULL AND task.run_at <= now()
 ORDER BY task.run_at, task.id
 LIMIT 1
   FOR UPDATE OF task SKIP LOCKED
"""
DONE = "UPDATE orders_task SET done_at = now(), result = %s, error = '' WHERE id = %s"

log = logging.getLogger("orders")


class Outcome(enum.Enum):
    """What came of looking for a task."""

    DONE = "done"
    FAILED = "failed"
    NOTHING_DUE = "nothing due"


def do_next():
    """Does the task that is due for longest: three queries in one transaction.

    Its row is locked meanwhile, so that no other worker has it. If the worker is killed, nothing of
    the task has happened, and it is free again at once."""
    task = None
    try:
        with transaction.atomic():
            task = take()
            if task is None:
                return Outcome.NOTHING_DUE
            with connection.cursor() as cursor:
                cursor.execute(DONE, [json.dumps(work(task)), task.id])
    except (InterfaceError, OperationalError):
        # The database's trouble is no fault of the task.
        raise
    except Exception as error:
        if task is None:
            raise
        put_off(task, error)
        return Outcome.FAILED
    return Outcome.DONE


def take():
    """A task that is due and in nobody's hand, with its order; locked till the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE)
        row = cursor.fetchone()
    if row is None:
        return None
    number, kind, attempts, *order = row
    return Task(
        id=number,
        kind=kind,
        attempts=attempts,
        order=Order(**dict(zip(["number", "city", "parcels", "state"], order))),
    )


def work(task):
    """What the task comes to. Only its row is changed: to do it twice is to do it once."""
    if task.kind not in KINDS:
        raise LookupError(f"this release knows no task of kind {task.kind!r}")
    return KINDS[task.kind](shop.shown(task.order))


def label(order):
    """What is printed on the parcels."""
    text = json.dumps(order, sort_keys=True, ensure_ascii=False)
    code = hashlib.sha256(text.encode()).hexdigest()[:12]
    lines = [f"{item['quantity']} x {item['name']}" for item in order["items"]]
    labels = [
        {"to": order["city"], "parcel": f"{parcel}/{order['parcels']}", "code": f"{code}-{parcel}"}
        for parcel in range(1, order["parcels"] + 1)
    ]
    return {"order": order["number"], "lines": lines, "labels": labels}


def notice(order):
    """What the customer is told."""
    euros = f"{order['cents'] / 100:.2f}"
    text = f"{order['parcels']} parcels, {euros} EUR."
    return {"subject": f"Your order {order['number']}", "text": text}


KINDS = {"label": label, "notice": notice}


def put_off(task, error):
    """Has the task tried again after a pause that doubles, or gives it up in the end."""
    attempts = task.attempts + 1
    seconds = min(2**attempts, LONGEST_WAIT_SECONDS) * random.uniform(0.8, 1.2)
    gives_up = attempts >= MOST_ATTEMPTS
    # Not if another worker was quicker meanwhile.
    Task.objects.filter(id=task.id, attempts=task.attempts, done_at=None).update(
        attempts=F("attempts") + 1,
        run_at=timezone.now() + timedelta(seconds=seconds),
        given_up_at=timezone.now() if gives_up else None,
        error=repr(error)[:1000],
    )
    then = "given up" if gives_up else f"again in {seconds:.0f} s"
    log.error(
        "task %s (%s of order %s) failed: %r; %s", task.id, task.kind, task.order_id, error, then
    )
