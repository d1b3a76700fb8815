"""The municipalities of Japan: codes, names, counters, phones, links, opening days.

Takes: a code, or a profile (TOML) from ``profiles/`` or from an administrator.
Must never know: languages beyond their tags, and anything of a card.
"""
