# file: service/messages.py
# As workers do it that want each message once: a mark is no lock, and may be forgotten.
import redis

client = redis.Redis()


def is_new(message):
    return bool(client.set(f"seen:{message}", 1, nx=True, ex=86400))


def forget(message):
    client.delete(f"seen:{message}")


class Store:
    def __init__(self, client):
        self.client = client

    def reserve(self, key):
        return bool(self.client.set(key, "in flight", nx=True, ex=60))

    def drop(self, key):
        self.client.delete(key)
