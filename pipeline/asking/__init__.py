"""From what a person types to what is searched for: words to filters, filters to chips, to addresses and back.

Pure: the same words, moment, time zone and vocabulary give the same answer, and no text makes it raise.
"""
