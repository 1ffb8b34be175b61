import threading

from scope_across_yield import Validator


def test_two_may_validate_at_one_time():
    validator = Validator("")
    found = []

    def validate(base):
        found.extend(validator.errors(base, [f"{base}/one"]))

    threads = [threading.Thread(target=validate, args=(base,)) for base in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == []
