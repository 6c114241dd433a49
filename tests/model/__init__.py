"""A plain model of the whole site, played against the real one, which is asked on every surface after each step.

`promises.py` is the model, written from what is promised and importing nothing of ours; `surfaces.py` reads what the
site shows to anybody; `machine.py` plays both. Not here: tests of one behaviour, which stand in the rooms.
"""
