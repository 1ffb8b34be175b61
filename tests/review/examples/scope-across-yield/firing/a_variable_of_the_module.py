# file: trail.py
_trail = []


def steps(plan):
    _trail.append(plan.name)  # here
    try:
        for each in plan.steps:
            yield each, list(_trail)
    finally:
        _trail.pop()
