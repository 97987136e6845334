"""Benchmarks: our pipeline beside what a user would write, in one run on the same files."""
