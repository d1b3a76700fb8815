"""Walks through pages that count taps and typed characters."""

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page

OpenPhone = Callable[..., Page]
SMALL = {"width": 360, "height": 640}


@dataclass
class PageUser:
    """A user of ``page``, with the counts of ``taps`` and typed ``characters``."""

    page: Page
    taps: int = field(default=0)
    characters: int = field(default=0)

    def type_date(self, name: str, *parts: str) -> None:
        """Type year, month and day."""
        for part, text in zip(("year", "month", "day"), parts, strict=True):
            self.write(f"#{name}-{part}", text)

    def write(self, selector: str, text: str) -> None:
        """Tap a field and type into it."""
        self.taps += 1
        self.characters += len(text)
        self.page.fill(selector, text)

    def tap(self, selector: str) -> None:
        """Tap an element that changes the current page."""
        self.taps += 1
        self.page.click(selector)

    def go(self, selector: str) -> None:
        """Tap an element that leads to another page."""
        self.taps += 1
        with self.page.expect_navigation():
            self.page.click(selector)
