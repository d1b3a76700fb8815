"""The service over HTTP: feeds, pages, JSON, and the pages for staff.

Input: settings that were checked, requests, the clock.
Must not depend on: how a date is computed or a feed is built.
"""
