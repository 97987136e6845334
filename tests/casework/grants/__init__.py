"""What residents do with grants."""
