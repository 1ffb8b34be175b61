"""The audited files are material, not tests of ours."""

collect_ignore = ["code"]
