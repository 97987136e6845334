"""Residents at home: their account, signing in, what is theirs."""
