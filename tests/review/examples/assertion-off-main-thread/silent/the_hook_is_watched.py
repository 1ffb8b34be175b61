import threading


def test_nothing_is_raised(service, monkeypatch):
    raised = []
    monkeypatch.setattr(threading, "excepthook", raised.append)

    def ask():
        assert service.ask() == 1

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert not raised
