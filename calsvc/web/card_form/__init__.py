"""The form of a card: its fields, its errors and its templates.

Input: the fields that a resident or a clerk has filled in.
Must not depend on: which page it is part of.
"""
