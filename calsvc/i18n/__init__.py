"""Languages, their catalogs, and what events say in each of them.

Takes: ``locale/*.po``, a plan of the rules, a municipality.
Must never know: iCalendar, HTML, or who reads the text.
"""
