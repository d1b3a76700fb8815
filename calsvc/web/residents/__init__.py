"""The pages of residents: form, link page, edit page, subscribe options.

Takes: a form or a sealed link.
Must never know: staff, tables, jobs.
"""
