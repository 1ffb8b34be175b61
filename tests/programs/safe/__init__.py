"""Programs of which no schedule fails: the look-alikes of those in ``racy``, by file name."""
