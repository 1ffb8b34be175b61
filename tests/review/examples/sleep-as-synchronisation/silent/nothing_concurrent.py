import time


def test_the_modification_time_differs(tmp_path):
    first = tmp_path / "a"
    first.write_text("")
    time.sleep(0.01)
    second = tmp_path / "b"
    second.write_text("")
    assert first.stat().st_mtime < second.stat().st_mtime
