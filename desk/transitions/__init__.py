"""The pages and buttons of one transition: what it asks, the checklist before it, take-down requests after it.

Not here: what a transition does (`publishing/workflow/transitions.py`).
"""
