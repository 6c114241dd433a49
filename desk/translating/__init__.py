"""Translating: what is translated and checked, the board, side by side, files for translators.

Not here: which fields are translated (`publishing/translations.py`).
"""
