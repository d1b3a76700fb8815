"""The service over HTTP: feeds, pages, JSON, and the pages for staff.

Takes: settings that were checked, requests, the clock.
Must never know: how a date is computed or a feed is built.
"""
