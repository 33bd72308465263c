"""Settings, all from the environment. There is a database where DATABASE_URL names one."""

import os

from orders import database

SECRET_KEY = os.environ.get("SECRET_KEY", "only-for-trying-it-out")
DEBUG = os.environ.get("DEBUG", "") == "1"
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "*").split(",")

INSTALLED_APPS = ["orders"]
MIDDLEWARE = ["orders.middleware.RequestLog"]
ROOT_URLCONF = "orders.urls"
WSGI_APPLICATION = "orders.wsgi.application"

DATABASE_URL = os.environ.get("DATABASE_URL", "")
HAS_DATABASE = DATABASE_URL != ""
DATABASES = {}
if HAS_DATABASE:
    DATABASES["default"] = database.settings_from(
        DATABASE_URL, connection_seconds=int(os.environ.get("CONN_MAX_AGE", "0"))
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

APPEND_SLASH = False
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(message)s"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "plain",
        }
    },
    "root": {"handlers": ["stdout"], "level": "INFO"},
}
