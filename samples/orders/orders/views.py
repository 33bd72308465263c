"""The API: small on purpose, JSON throughout."""

import json
import os
import time
import uuid

from django.conf import settings
from django.http import JsonResponse
from django.views.decorators.http import require_GET, require_POST

from orders import data

LONGEST_SECONDS = 60.0


@require_GET
def home(request):
    """Who answers."""
    return JsonResponse(
        {
            "app": "orders",
            "dyno": os.environ.get("DYNO", ""),
            "release": os.environ.get("HEROKU_RELEASE_VERSION", ""),
        }
    )


@require_GET
def health(request):
    """Ready as soon as it answers: there is nothing behind it."""
    return JsonResponse({"ok": True})


@require_GET
def order(request, number):
    """One order; with its items where there is a database."""
    if not settings.HAS_DATABASE:
        return JsonResponse(data.order(number))
    found = shop().order(number)
    if found is None:
        return JsonResponse({"error": f"there is no order {number}"}, status=404)
    return JsonResponse(found)


@require_POST
def orders(request):
    """Takes an order: `{"parcels": 2}`, or nothing; where there is a database, with `items` too."""
    request_id = request.headers.get("X-Request-Id") or str(uuid.uuid4())
    try:
        wanted = json.loads(request.body or b"{}")
        parcels = int(wanted.get("parcels", 1))
        if settings.HAS_DATABASE:
            return JsonResponse(shop().place(request_id, parcels, wanted.get("items")), status=201)
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError):
        return JsonResponse({"error": "send a JSON object with a number of parcels"}, status=400)
    placed = data.order(data.number_of(request_id))
    placed.update(parcels=parcels, state="placed")
    return JsonResponse(placed, status=201)


@require_GET
def tasks(request):
    """How many tasks wait, are done, and were given up."""
    if not settings.HAS_DATABASE:
        return JsonResponse({"error": "there is no database"}, status=404)
    return JsonResponse(shop().tasks())


def shop():
    """The stored orders; only where there is a database is there a driver for it."""
    from orders import shop

    return shop


@require_GET
def slow(request):
    """Takes `seconds`, at most a minute, before it answers."""
    try:
        seconds = min(max(float(request.GET.get("seconds", "1")), 0.0), LONGEST_SECONDS)
    except ValueError:
        return JsonResponse({"error": "seconds must be a number"}, status=400)
    time.sleep(seconds)
    return JsonResponse({"seconds": seconds})
