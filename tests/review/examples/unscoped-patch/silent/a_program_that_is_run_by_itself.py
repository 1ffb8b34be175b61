# file: tests/audit-checks.py
# The shape of programs that a test starts, once for each of their functions.
import sys

import service


def test_the_hook_is_told():
    def hook(*args):
        print(args)

    service.hook = hook
    service.fail()


if __name__ == "__main__":
    globals()[sys.argv[1]]()
