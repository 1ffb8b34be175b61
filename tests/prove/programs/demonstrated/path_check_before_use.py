"""A folder for each user, made when it is first wanted."""

import os
import threading


class Store:
    def __init__(self, folder):
        self.folder = folder

    def open(self, user):
        path = os.path.join(self.folder, user)
        if not os.path.exists(path):
            os.mkdir(path)
        return path

    def open_both(self, user):
        threads = [threading.Thread(target=self.open, args=(user,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
