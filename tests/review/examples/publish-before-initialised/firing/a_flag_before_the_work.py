# file: registry.py
kinds = {}
initialised = False


def kind_of(name):
    global initialised
    if not initialised:  # here
        initialised = True
        load()
    return kinds[name]


def load():
    kinds["a"] = 1
