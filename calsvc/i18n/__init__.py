"""Languages, their catalogs, and the texts of events in each language.

Input: ``locale/*.po``, a plan of the rules, a municipality.
Must not depend on: iCalendar, HTML, or the reader of the text.
"""
