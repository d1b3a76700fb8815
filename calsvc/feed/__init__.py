"""From plans to the bytes of an iCalendar feed (RFC 5545 and 7986).

Takes: plans, a municipality, a catalog, the URLs of the link.
Must never know: requests, keys, the clock.
"""
