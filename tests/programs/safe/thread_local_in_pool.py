"""Every thread of the pool connects when it starts.

Safe: the executor calls the initializer in each of its threads before that thread's first job.
"""

import threading
from concurrent.futures import ThreadPoolExecutor


class Database:
    def __init__(self):
        self.local = threading.local()

    def connect(self):
        self.local.connection = "connected"

    def query(self):
        return self.local.connection


def test_query_after_connect():
    database = Database()
    with ThreadPoolExecutor(max_workers=2, initializer=database.connect) as executor:
        executor.submit(len, "").result()
        assert executor.submit(database.query).result() == "connected"
