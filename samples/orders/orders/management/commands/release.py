"""What the release phase does: the database gets the tables that this release wants."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Migrates, where there is a database."""

    help = "Migrates the database that DATABASE_URL names, if there is one."

    def handle(self, *args, **options):
        if settings.HAS_DATABASE:
            call_command("migrate", interactive=False)
        else:
            self.stdout.write("no DATABASE_URL: nothing to migrate")
