"""Requests for footage: written by an investigator, held against the rules, approved by a supervisor, published."""
