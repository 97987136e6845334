"""The search index: one narrow row for each current event, kept in the transactions that change what it is made of.

``writing`` is the only writer; ``find`` reads. Why it is built like this: docs/adr/0027.
"""
