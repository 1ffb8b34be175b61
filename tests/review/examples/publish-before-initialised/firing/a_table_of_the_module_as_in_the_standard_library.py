# file: decode.py
# The shape of a decoder whose table is stored empty, and then filled.
_table = None


def decode(text):
    global _table
    if _table is None:  # here
        _table = [None] * 256
        for place, letter in enumerate("abc"):
            _table[ord(letter)] = place
    return [_table[ord(letter)] for letter in text]
