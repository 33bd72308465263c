"""What is kept where there is a database: orders, their items, and the tasks that follow."""

from django.db import models
from django.db.models.functions import Now


class Order(models.Model):
    """One order, known by its number."""

    number = models.BigAutoField(primary_key=True)
    city = models.CharField(max_length=100)
    parcels = models.IntegerField()
    state = models.CharField(max_length=20)
    # Of the request that placed it: sent twice, it is still one order.
    request_id = models.CharField(max_length=200, unique=True, null=True)


class Item(models.Model):
    """One line of an order."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="items")
    name = models.CharField(max_length=100)
    quantity = models.IntegerField()
    cents = models.IntegerField()


class Task(models.Model):
    """Work to be done for an order, once `run_at` has come; open until done or given up."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=20)
    run_at = models.DateTimeField(default=Now)
    attempts = models.IntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    error = models.TextField(default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["run_at", "id"],
                name="open_tasks",
                condition=models.Q(done_at=None, given_up_at=None),
            )
        ]
