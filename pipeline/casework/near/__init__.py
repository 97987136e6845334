"""What everybody may see: published reports around a place, as a page, a feed, a card and a mail.

Nobody's look at what is published is written down, and neither is what they asked for.
"""
