import time
import store


def test_a_slow_write(monkeypatch):
    def slow_write(self, data):
        time.sleep(0.3)  # here

    monkeypatch.setattr(store.Disk, "write", slow_write)
    store.flush_all()
