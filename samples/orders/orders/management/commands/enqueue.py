"""Work for the worker, as much as one likes: to see it at work, and for measuring."""

from django.core.management.base import BaseCommand

from orders.models import Order, Task

LABEL = "label"


class Command(BaseCommand):
    """Enqueues tasks for the orders that are there, one after the other."""

    help = "Enqueues COUNT tasks; with --anew, those that are there are forgotten."

    def add_arguments(self, parser):
        parser.add_argument("count", type=int)
        parser.add_argument("--anew", action="store_true", help="forget the tasks that are there")

    def handle(self, *args, count, anew, **options):
        if anew:
            Task.objects.all().delete()
        numbers = list(Order.objects.order_by("number").values_list("number", flat=True)[:1000])
        Task.objects.bulk_create(
            [Task(order_id=numbers[i % len(numbers)], kind=LABEL) for i in range(count)],
            batch_size=1000,
        )
        self.stdout.write(f"{count} tasks enqueued")
