"""Bulk runs: a municipality's table of residents becomes links, letters, e-mails and files.

Takes: a CSV file or a workbook, and what all links of the run have in common.
Must never know: HTTP, settings, or where the output goes.
"""
