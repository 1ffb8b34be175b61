import threading


def test_a_name():
    thread = threading.Thread(target=print, name="x")
    assert thread.name == "x"
