"""The people of an office: who may sign in, who is signed in, and what each of them did.

Takes: names, passwords and sessions, which it keeps as files in one folder that copies share.
Must never know: HTTP, residents, or a cell of a table.
"""
