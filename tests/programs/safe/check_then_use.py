"""A connection is read once, and what was read is tested and used.

Safe: the local name cannot become `None` after the test. A commit that read the connection
before the close still uses it, which it tolerates.
"""

import threading


class Session:
    def __init__(self):
        self.connection = []

    def commit(self):
        connection = self.connection
        if connection is not None:
            connection.append("commit")

    def close(self):
        self.connection = None


def test_commit_and_close_may_overlap():
    session = Session()
    closing = threading.Thread(target=session.close)
    closing.start()
    session.commit()
    closing.join()
    assert session.connection is None
