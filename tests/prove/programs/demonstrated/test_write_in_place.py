from write_in_place import State


def test_what_is_read_is_whole(tmp_path):
    state = State(str(tmp_path / "state.json"))
    state.run()
    assert state.read == {"a": 1}
