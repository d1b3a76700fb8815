"""Access log, log formats and metrics.

Takes: route, status and duration of each response.
Must never know: URLs, dates, names or tokens; none of them is ever logged.
"""
