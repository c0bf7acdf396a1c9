"""The pure heart: facts, the situation they add up to, and the plan that follows.

Nothing here does input or output, reads a clock or draws a random number; import-linter holds it.
"""
