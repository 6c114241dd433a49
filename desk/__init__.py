"""The editing site that every type of publication shares: lists, forms, preview, today's work.

Not here: what may be done (`publishing/workflow/`), accounts (`staff`).
"""
