"""A connection is there when asked for and gone when used.

Source: DERBY-5561, JaConTeBe derby3; CVE-2011-2183 has the same shape.

    commit                       close
    connection is not None
                                 connection = None
    connection.append: AttributeError: 'NoneType' ...
"""

import threading


class Session:
    def __init__(self):
        self.connection = []

    def commit(self):
        if self.connection is not None:
            self.connection.append("commit")

    def close(self):
        self.connection = None


def test_commit_and_close_may_overlap():
    session = Session()
    closing = threading.Thread(target=session.close)
    closing.start()
    session.commit()
    closing.join()
    assert session.connection is None
