"""Who works at the desk: accounts, signing in, sessions, one-time codes, tokens, and the matter on which one looks."""
