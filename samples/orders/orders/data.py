"""Orders made from their numbers: the same on every dyno, with nothing stored."""

CITIES = ["Lisbon", "Leeds", "Lyon", "Łódź", "Linz"]
STATES = ["placed", "packed", "on its way", "delivered"]


def order(number):
    """The order of this number."""
    return {
        "number": number,
        "city": CITIES[number % len(CITIES)],
        "parcels": 1 + number % 7,
        "state": STATES[number % len(STATES)],
    }


def number_of(request_id):
    """The number that a new order gets: a request sent twice names the same order."""
    return 1000 + sum(request_id.encode()) * 31 % 9000
