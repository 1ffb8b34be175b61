"""Programs of which some schedule fails: being here is the expectation.

The safe twin of each is the file of the same name in ``safe``.
"""
