"""How Django's admin writes days and moments by itself: the day first, the month in words, the time with its zone.

One package a language, as Django looks for them; a language without one is written as Django knows it. Not here: how
the public pages write them (`publishing/text/date_words.py`), and what the desk says in sentences
(`staff/datetime_widgets.py`).
"""
