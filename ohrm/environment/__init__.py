"""What the site is told from outside: the environment, the file `ohrm.env`, and who writes that file first.

Not here: what the values become (`ohrm/settings.py`), and which of them harm somebody (`ohrm/checks.py`).
"""
