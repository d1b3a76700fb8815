"""From an office's table of residents to links, letters, e-mails and files.

Input: a CSV file or a workbook, and what every link of the run is made with.
Must not depend on: HTTP, settings, or where the output goes.
"""
