"""Originals and derivatives by digest, the custody log, keys and fixity."""
