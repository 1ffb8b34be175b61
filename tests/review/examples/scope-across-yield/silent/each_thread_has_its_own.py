# file: context.py
import threading

state = threading.local()
state.names = []


def rows(query):
    state.names.append(query.name)
    try:
        yield from query.rows()
    finally:
        state.names.pop()
