"""What people do with what the nights found: find, review, tag, group into incidents, approve.

The command line and the web call the same functions, with a ``Matter`` that says who looks, and why. Each function asks
the grants for what it hands out and writes down the look before it does.
"""
