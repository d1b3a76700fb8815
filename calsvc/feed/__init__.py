"""From plans to the bytes of an iCalendar feed (RFC 5545 and 7986).

Input: plans, a municipality, a catalog, the URLs of the link.
Must not depend on: requests, keys, the clock.
"""
