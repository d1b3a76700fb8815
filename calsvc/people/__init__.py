"""The people of an office: who may sign in, who is signed in, and what each of them did.

Takes names, passwords and sessions, and keeps them as files in one folder that copies share.
It never knows of HTTP, of residents, or of a cell of a table.
"""
