"""The pages of residents: the form, the link page, its changes, the ways to subscribe.

Input: a form or a sealed link.
Must not depend on: staff, tables, jobs.
"""
