"""Delivery metrics, counted from facts: deliveries, the commits that they carried, what is asked of them.

`fold` counts one fact more and gives what it wrote; what was written lies in columns elsewhere. `measure`,
`trend` and `listed` answer questions on them. Pure; no clock, no input or output. Nothing is imported here:
the command line needs no more than `words`.
"""
