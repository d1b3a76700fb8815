"""The municipalities of Japan: codes, names, counters, phones, links, opening days.

Input: a code, or a profile (TOML) from ``profiles/`` or from an administrator.
Must not depend on: languages except for their tags, and cards.
"""
