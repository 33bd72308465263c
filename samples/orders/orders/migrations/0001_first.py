"""Orders, items and tasks."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                ("city", models.CharField(max_length=100)),
                ("parcels", models.IntegerField()),
                ("state", models.CharField(max_length=20)),
                ("request_id", models.CharField(max_length=200, null=True, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("quantity", models.IntegerField()),
                ("cents", models.IntegerField()),
                (
                    "order",
                    models.ForeignKey("orders.Order", models.CASCADE, related_name="items"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("run_at", models.DateTimeField(default=Now)),
                ("attempts", models.IntegerField(default=0)),
                ("done_at", models.DateTimeField(null=True)),
                ("given_up_at", models.DateTimeField(null=True)),
                ("result", models.JSONField(null=True)),
                ("error", models.TextField(default="")),
                (
                    "order",
                    models.ForeignKey("orders.Order", models.CASCADE, related_name="tasks"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["run_at", "id"],
                        name="open_tasks",
                        condition=models.Q(done_at=None, given_up_at=None),
                    )
                ]
            },
        ),
    ]
