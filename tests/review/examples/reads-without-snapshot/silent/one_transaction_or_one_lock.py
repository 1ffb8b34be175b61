# file: compute/tracker.py
# As resource trackers do it whose writers hold the same lock.
from compute import objects
from compute.models import Image, Product
from django.db import transaction
from oslo_concurrency import lockutils


class Tracker:
    @lockutils.synchronized("compute_resources")
    def update(self, context, host):
        instances = objects.InstanceList.get_by_host(context, host)
        by_id = {each.uuid: each for each in instances}
        migrations = objects.MigrationList.get_in_progress(context, host)
        return [each for each in migrations if each.instance_uuid not in by_id]


def orphans():
    with transaction.atomic():
        images = set(Image.objects.values_list("product_id", flat=True))
        products = set(Product.objects.values_list("pk", flat=True))
    return images - products


def orphans_of(session):
    images = session.query(Image).all()
    products = {each.id for each in session.query(Product).all()}
    return [image for image in images if image.product_id not in products]
