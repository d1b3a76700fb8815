"""The form of a card: its fields, its errors and its templates.

Takes: the fields that a resident or a clerk has filled in.
Must never know: which page it is part of.
"""
