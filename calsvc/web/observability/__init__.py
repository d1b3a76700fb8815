"""Access log, log formats and metrics.

Takes: what was answered, by route, status and time.
Must never know: URLs, dates, names or tokens; none of them is ever logged.
"""
