"""The programs are reviewed, and their tests run, in a copy; here they are none of our tests."""

collect_ignore = ["programs"]
