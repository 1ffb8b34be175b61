import client


def test_the_reader_is_kept_open():
    def close():
        nonlocal reader
        reader = client.reader

    reader = None
    client.on_close(close)
    client.run()
    assert reader
