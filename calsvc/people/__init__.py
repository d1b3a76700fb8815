"""The staff of an office: their accounts, their sessions, and the audit log of their actions.

Input: names, passwords and sessions. It stores them as files in one folder, which copies of the
service share.
Must not depend on: HTTP, residents, and the cells of tables.
"""
