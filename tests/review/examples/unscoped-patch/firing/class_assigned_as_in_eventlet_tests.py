from unittest.mock import Mock

from service import Store


def test_it_reads_once():
    Store.read = Mock(return_value=b"")  # here
    assert Store().load() == b""
