"""Scores of recognition against truth files."""
