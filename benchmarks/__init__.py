"""How fast the project is: each thing of ours beside a yardstick on the same machine, so that a figure means something.

A benchmark is a module here with a function `measure()` that yields `figures.Figure`s; `make bench` runs them all.
"""
