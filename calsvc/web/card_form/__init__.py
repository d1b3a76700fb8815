"""The form of a card: its fields, its errors and its templates.

Takes: the fields of a form, for residents and for staff.
Must never know: which page it is part of.
"""
