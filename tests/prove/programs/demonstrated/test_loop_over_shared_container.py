from loop_over_shared_container import Clients


def test_a_client_may_come_at_any_time():
    clients = Clients()
    clients.run()
    assert clients.total() == 6
