# file: once.py
# The shape of a decorator that lets a function run once, and nobody wait for it.
def only_once(function):
    once = [function]

    def run(*arguments):
        if once:  # here
            first = once.pop()
            first(*arguments)

    return run
