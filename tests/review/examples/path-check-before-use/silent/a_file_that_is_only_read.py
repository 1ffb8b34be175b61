# file: service/settings.py
import os

PLACES = ("/etc/service.conf", "service.conf")


def load():
    for place in PLACES:
        if os.path.isfile(place):
            with open(place) as file:
                return file.read()
    return ""


def load_or_fail(place):
    if not os.path.exists(place):
        raise LookupError(place)
    return open(place).read()
