"""Links by which somebody without an account reads and comments a draft.

Not here: approval, which takes an account (`publishing/workflow/`).
"""
