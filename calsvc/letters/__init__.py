"""Letters in print: a page for each resident, set by Typst from a template and rows of text.

Takes: the words of a letter, postal addresses, a font, and what a city says of its envelope.
Must never know: tables, HTTP, or where the output goes.
"""
