"""Reads what people write: dates in all forms and eras, a card's fields, names.

Takes: text from a form, a query, a table or the command line.
Must never know: where the text came from, and how an error is worded.
"""
