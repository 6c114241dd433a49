"""The book of words: every public page and mail as a plain file, each sentence of the catalogue with its English.

Not here: how a catalogue is read (`ohrm/catalogues.py`), what a message has to keep (`ohrm/catalogue_checks.py`), the
demonstration content that the pages show (`demo`).
"""
