"""The newsletter: subscribers in sealed addresses, editions, exact sending.

Not here: what is public (`publishing`), which entries match a filter (`timeline/search/`).
"""
