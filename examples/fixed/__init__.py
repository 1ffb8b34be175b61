"""The repaired examples; a package so that pytest can tell them from those they repair."""
