"""Scores of recognition: what was found in a folder of clips against what a person saw there."""
