"""Spreadsheets of items, in and out: what columns mean, which item a row is, what it changes, what is published.

Not here: how a file is read and written (`publishing/spreadsheets/`), the columns of one type (`updates`, `stories`).
"""
