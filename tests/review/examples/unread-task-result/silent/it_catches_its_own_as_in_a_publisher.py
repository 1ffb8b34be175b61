# file: service/publisher.py
# The kind: a publisher whose background work logs what goes wrong.
import logging
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger(__name__)
pool = ThreadPoolExecutor()


def publish(topic, message):
    """Publish it, some time."""
    try:
        topic.send(message)
    except Exception:
        log.exception("could not publish")


def publish_all(topic, messages):
    for message in messages:
        pool.submit(publish, topic, message)
