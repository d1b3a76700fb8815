"""Parses text that people write: dates in all forms and eras, a card's fields, names.

Input: text from a form, a query, a table or the command line.
Must not depend on: the source of the text, and the wording of an error.
"""
