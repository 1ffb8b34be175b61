# As tests of policies and caches do: what is raised is kept, and looked at.
import threading


def test_it(policy):
    errors = []
    failed = False

    def check():
        try:
            policy.check()
        except Exception as error:
            errors.append(error)

    def look():
        nonlocal failed
        try:
            policy.look()
        except Exception:
            failed = True

    def raise_on():
        try:
            policy.look()
        except BaseException:
            print("failed")
            raise

    threads = [threading.Thread(target=each) for each in (check, look, raise_on)]
    one = threading.Thread(target=check)
    two = threading.Thread(target=look)
    three = threading.Thread(target=raise_on)
    for thread in [*threads, one, two, three]:
        thread.start()
    assert not errors
    assert not failed
