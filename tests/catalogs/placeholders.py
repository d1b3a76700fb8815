"""Placeholders in texts, such as ``{expiry}``."""

import string


def placeholders(text: str) -> set[str]:
    """Return the names of the placeholders. Raises ``ValueError`` for a single brace."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
