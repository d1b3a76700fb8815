"""Printed letters: one page for each resident, compiled by Typst from a template and data rows.

Input: the texts of a letter, postal addresses, a font, and a municipality's letter settings.
Must not depend on: tables, HTTP, or the destination of the output.
"""
