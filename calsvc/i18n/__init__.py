"""Languages, their catalogs, and the texts of events in each language.

Takes: ``locale/*.po``, a plan of the rules, a municipality.
Must never know: iCalendar, HTML, or the reader of the text.
"""
