"""Pictures and PDFs, rebuilt in a sandbox before anything is stored, and the files that are kept.

Not here: how a file is served (`timeline/serving/`), the fields of a form (`desk`).
"""
