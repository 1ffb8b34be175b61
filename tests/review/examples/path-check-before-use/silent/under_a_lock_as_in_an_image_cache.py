# file: service/images.py
# The shape of services that keep images for several workers of one host.
import os

from oslo_concurrency import lockutils


def fetch(base, target, lock_path):
    with lockutils.lock(base, external=True, lock_path=lock_path):
        if not os.path.exists(target):
            os.mkdir(target)


@lockutils.synchronized("images")
def forget(target):
    if os.path.exists(target):
        os.remove(target)


def has_any(queryset, storage):
    if not queryset.exists():
        queryset.create()
    if storage.exists("a"):
        storage.delete("a")
