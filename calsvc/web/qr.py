"""QR codes as part of a page."""

from markupsafe import Markup

from calsvc import codes as qr


def inline(address: str) -> Markup:
    """The code of ``address`` as an SVG element without size, which the stylesheet gives."""
    drawn = qr.code(address).svg_inline(
        border=qr.QUIET_ZONE, light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - numbers only, drawn by segno
