"""The orders that the API showed before it had a database."""

from django.db import migrations

from orders import data

NUMBERS = range(1000, 2000)
FIRST_NEW = 10000


def add(apps, schema_editor):
    order, item = apps.get_model("orders", "Order"), apps.get_model("orders", "Item")
    order.objects.bulk_create([order(**data.order(number)) for number in NUMBERS])
    item.objects.bulk_create(
        [item(order_id=number, **line) for number in NUMBERS for line in data.items(number)]
    )
    schema_editor.execute(
        f"SELECT setval(pg_get_serial_sequence('orders_order', 'number'), {FIRST_NEW}, false)"
    )


def remove(apps, schema_editor):
    apps.get_model("orders", "Order").objects.filter(number__in=NUMBERS).delete()


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_first")]
    operations = [migrations.RunPython(add, remove)]
