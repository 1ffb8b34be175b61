from unittest.mock import Mock

from service import Store


def test_it_reads_once():
    store = Store()
    store.read = Mock(return_value=b"")
    assert store.load() == b""
