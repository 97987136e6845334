"""Originals and derivatives by digest, the custody chain, keys, sealing and fixity."""
