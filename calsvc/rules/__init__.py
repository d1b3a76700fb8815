"""The law: computes the dates that follow from a card.

Input: parsed dates.
Must not depend on: languages, iCalendar, HTTP, files or the current time (today is an argument).
"""
