from path_check_before_use import Store


def test_a_folder_may_be_opened_twice(tmp_path):
    Store(str(tmp_path)).open_both("ada")
    assert (tmp_path / "ada").is_dir()
