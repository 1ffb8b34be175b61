# file: service/settings.py
import argparse
import os
import tempfile

DEFAULT = "/tmp/service"


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", default=DEFAULT)
    parser.add_argument("--log", default=os.path.join(tempfile.gettempdir(), "service.log"))
    return parser.parse_args()


def load():
    with open(os.path.join(tempfile.gettempdir(), "service.json")) as file:
        return file.read()


def save(folder, text):
    if folder is None:
        folder = "/tmp"
    with open(os.path.join(folder, "service.json"), "w") as file:
        file.write(text)
