"""The organisation's own output and other news: model, admin, import.

Not here: testimonies (`stories`).
"""
