# file: feeds/tasks.py
# The shape of periodic tasks that are to run once at a time.
from celery import shared_task
from django.core.cache import cache


@shared_task(bind=True)
def import_feed(self, url):
    lock_id = f"{self.name}-lock-{url}"
    if cache.add(lock_id, "true", 60 * 5):
        try:
            return url
        finally:
            cache.delete(lock_id)  # here
    return None
