"""Reading and writing CSV and XLSX: rows, cells, faults by row and column.

Not here: what a column means (`updates`, `stories`), how rows become items (`situations`).
"""
