# file: service/locks.py
# The shape of services with one module for what they keep in Redis.
import redis

client = redis.Redis()


def acquire_lock(name):
    return client.set(name, "1", nx=True, ex=15)


def release_lock(name):
    client.delete(name)  # here


def take_case(case, person):
    key = f"case:lock:{case}"
    return bool(client.set(key, person, nx=True, ex=30))


def give_case_back(case):
    client.delete(f"case:lock:{case}")  # here
