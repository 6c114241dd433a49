"""What could lead to a person: patterns of personal data, names never to be published.

Not here: the pages that show what was found (`desk/transitions/`).
"""
