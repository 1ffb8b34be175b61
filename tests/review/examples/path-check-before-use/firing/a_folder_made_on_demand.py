# file: store/cache.py
import os
from pathlib import Path


class Cache:
    def __init__(self, folder):
        self.folder = folder

    def prepare(self):
        if not os.path.isdir(self.folder):  # here
            os.mkdir(self.folder)

    def prepare_below(self, name):
        place = os.path.join(self.folder, name)
        os.path.exists(place) or os.makedirs(place)  # here


def prepare(path: Path):
    if not path.exists():  # here
        path.mkdir(parents=True)
