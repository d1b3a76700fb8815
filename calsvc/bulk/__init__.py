"""Bulk runs: a municipality's table of residents becomes links, letters, e-mails and files.

Input: a CSV file or a workbook, and what all links of the run have in common.
Must not depend on: HTTP, settings, or where the output goes.
"""
