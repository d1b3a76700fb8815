"""The form of a card: its fields, its errors and its templates.

Input: the fields of a form, for residents and for staff.
Must not depend on: which page it is part of.
"""
