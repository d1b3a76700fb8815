"""The facts of a municipality: names, counters, phones, links, opening days.

Takes: one TOML file for each municipality, from ``profiles/`` or from an administrator.
Must never know: languages beyond their tags, and anything of a card.
"""
