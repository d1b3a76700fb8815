"""The pages of residents: form, link page, edit page, subscribe options.

Input: a form or a sealed link.
Must not depend on: staff, tables, jobs.
"""
