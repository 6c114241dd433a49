"""Pages, buttons and list actions of transitions: what they ask, the checklist before, take-down requests after.

Not here: what a transition does (`publishing/workflow/transitions.py`).
"""
