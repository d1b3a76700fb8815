"""The placeholders of texts, such as ``{expiry}``."""

import string


def placeholders(text: str) -> set[str]:
    """Return the names of the placeholders in ``text``. Raises ``ValueError`` for a lone brace."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
