from nobody_minds import Visits


def test_visits_are_served():
    visits = Visits()
    visits.serve_two()
    assert visits.count
