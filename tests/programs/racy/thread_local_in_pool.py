"""The first job connects; the second may run in a thread that has not.

Source: Python-native. Whether an executor reuses a thread depends on whether that one is idle
yet.

    worker 1                    main                        worker 2
    connects, job 1 ends
    (not idle yet)
                                result(); submit job 2:
                                nobody idle, new thread
                                                            local.connection:
                                                            AttributeError
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
    with ThreadPoolExecutor(max_workers=2) as executor:
        executor.submit(database.connect).result()
        assert executor.submit(database.query).result() == "connected"
