"""Whether a test can notice anything: what overlaps in it, and what it does not miss when it is
gone."""
