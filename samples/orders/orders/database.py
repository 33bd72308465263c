"""Django's database settings from DATABASE_URL, as Heroku's add-ons give it."""

from urllib.parse import parse_qsl, unquote, urlsplit


def settings_from(url, connection_seconds=0):
    """What Django wants in DATABASES for this URL; words such as sslmode are libpq's."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError(f"DATABASE_URL must start with postgres://, not {parts.scheme}://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": parts.port or "",
        "OPTIONS": dict(parse_qsl(parts.query)),
        # 0 is Django's own default: a connection for each request.
        "CONN_MAX_AGE": connection_seconds,
        # A kept one may have been closed meanwhile, by a pooler or a server that was restarted.
        "CONN_HEALTH_CHECKS": connection_seconds > 0,
        # One outside of a transaction would need the same server connection each time; a pooler
        # gives that to others meanwhile.
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
