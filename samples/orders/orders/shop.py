"""Orders in the database, as the API shows them."""

from django.db import transaction
from django.db.models import Count, Q

from orders import data
from orders.models import Item, Order, Task

# The kinds of task that follow from an order, and the largest numbers in one.
FOLLOWING = ["label", "notice"]
MOST_PARCELS = 100
MOST = 1_000_000


def order(number):
    """The order of this number with its items, in two queries; None where there is none."""
    found = Order.objects.filter(number=number).first()
    return found and shown(found)


def place(request_id, parcels, items=None):
    """Places an order, once for each request, with the tasks that follow; all of it or nothing.

    Raises a ValueError, a KeyError or a TypeError for what is no order."""
    lone = {"name": "parcel", "quantity": parcels, "cents": 500}
    lines = [line(item) for item in items or [lone]]
    known = {
        "city": data.order(sum(request_id.encode()))["city"],
        "parcels": amount(parcels, MOST_PARCELS),
        "state": "placed",
    }
    with transaction.atomic():
        placed, is_new = Order.objects.get_or_create(request_id=request_id[:200], defaults=known)
        if is_new:
            Item.objects.bulk_create([Item(order=placed, **values) for values in lines])
            Task.objects.bulk_create([Task(order=placed, kind=kind) for kind in FOLLOWING])
        return shown(placed)


def line(item):
    """One item as it is stored."""
    name = str(item["name"]).replace("\0", "")[:100]
    return {
        "name": name,
        "quantity": amount(item.get("quantity", 1)),
        "cents": amount(item.get("cents", 0)),
    }


def amount(number, most=MOST):
    """A number that the database has room for."""
    if not 0 <= int(number) <= most:
        raise ValueError(f"{number} is not from 0 to {most}")
    return int(number)


def tasks():
    """How many tasks wait, are done, and were given up; in one query."""
    waits = Q(done_at=None, given_up_at=None)
    return Task.objects.aggregate(
        waiting=Count("id", filter=waits),
        done=Count("id", filter=Q(done_at__isnull=False)),
        given_up=Count("id", filter=Q(given_up_at__isnull=False)),
    )


def shown(order):
    """The order as JSON has it."""
    items = list(order.items.order_by("id").values("name", "quantity", "cents"))
    return {
        "number": order.number,
        "city": order.city,
        "parcels": order.parcels,
        "state": order.state,
        "items": items,
        "cents": sum(item["quantity"] * item["cents"] for item in items),
    }
