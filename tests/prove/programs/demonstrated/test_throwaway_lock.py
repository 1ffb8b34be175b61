from throwaway_lock import Connection, open_both


def test_both_connections_are_counted():
    open_both()
    assert Connection.opened == 2
