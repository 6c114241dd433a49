"""What a publication is, and how a working copy becomes public: document, release, entries.

Not here: pages for staff (`desk`), pages for readers (`timeline`).
"""
