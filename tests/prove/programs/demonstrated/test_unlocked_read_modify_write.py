from unlocked_read_modify_write import Visits


def test_every_visit_is_counted():
    visits = Visits()
    visits.serve_all(["home", "news"])
    assert visits.count == 2
