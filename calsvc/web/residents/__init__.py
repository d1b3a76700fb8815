"""The pages of residents: the form, the link page, its changes, the ways to subscribe.

Takes: a form or a sealed link.
Must never know: staff, tables, jobs.
"""
