"""The examples of the rules are read, not run."""

collect_ignore = ["examples"]
