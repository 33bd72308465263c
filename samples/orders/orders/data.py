"""Orders made from their numbers: the same on every dyno, with nothing stored."""

CITIES = ["Lisbon", "Leeds", "Lyon", "Łódź", "Linz"]
STATES = ["placed", "packed", "on its way", "delivered"]
GOODS = [
    ("tea", 650),
    ("cups", 1800),
    ("honey", 900),
    ("biscuits", 420),
    ("a kettle", 5900),
    ("spoons", 1250),
]


def order(number):
    """The order of this number."""
    return {
        "number": number,
        "city": CITIES[number % len(CITIES)],
        "parcels": 1 + number % 7,
        "state": STATES[number % len(STATES)],
    }


def items(number):
    """The items of the order of this number; only a database has them."""
    chosen = [GOODS[(number + step) % len(GOODS)] for step in range(3 + number % 3)]
    return [{"name": name, "quantity": 1 + number % 4, "cents": cents} for name, cents in chosen]


def number_of(request_id):
    """The number that a new order gets: a request sent twice names the same order."""
    return 1000 + sum(request_id.encode()) * 31 % 9000
