from counted_beside_the_bug import Service


def test_the_answer_knows_the_name():
    service = Service()
    service.run()
    assert service.answers == [{"name": "service"}]
