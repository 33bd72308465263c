#!/usr/bin/env python3
"""Django's command line, for the worker and for one-off tasks."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orders.settings")

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
