"""Access log, log formats and metrics.

Input: route, status and duration of each response.
Must not depend on: URLs, dates, names or tokens; none of them is ever logged.
"""
