"""The law: from what is known of a card to the days that matter.

Takes: dates that were read already.
Must never know: languages, iCalendar, HTTP, files, or what day it is unless told.
"""
