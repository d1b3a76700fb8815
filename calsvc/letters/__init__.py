"""Printed letters: one page for each resident, compiled by Typst from a template and data rows.

Takes: the texts of a letter, postal addresses, a font, and a municipality's letter settings.
Must never know: tables, HTTP, or the destination of the output.
"""
