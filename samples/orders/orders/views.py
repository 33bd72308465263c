"""The API: small on purpose, JSON throughout."""

import json
import os
import time
import uuid

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
    """One order."""
    return JsonResponse(data.order(number))


@require_POST
def orders(request):
    """Takes an order: `{"parcels": 2}`, or nothing."""
    try:
        wanted = json.loads(request.body or b"{}")
        parcels = int(wanted.get("parcels", 1))
    except (AttributeError, TypeError, ValueError):
        return JsonResponse({"error": "send a JSON object with a number of parcels"}, status=400)
    request_id = request.headers.get("X-Request-Id") or str(uuid.uuid4())
    placed = data.order(data.number_of(request_id))
    placed.update(parcels=parcels, state="placed")
    return JsonResponse(placed, status=201)


@require_GET
def slow(request):
    """Takes `seconds`, at most a minute, before it answers."""
    try:
        seconds = min(max(float(request.GET.get("seconds", "1")), 0.0), LONGEST_SECONDS)
    except ValueError:
        return JsonResponse({"error": "seconds must be a number"}, status=400)
    time.sleep(seconds)
    return JsonResponse({"seconds": seconds})
