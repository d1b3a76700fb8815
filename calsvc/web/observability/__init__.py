"""Access log, log formats and metrics.

Input: what was answered, by route, status and time.
Must not depend on: URLs, dates, names or tokens; none of them is ever logged.
"""
