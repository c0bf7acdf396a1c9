"""The demo: a small world as the mission describes it, and Headway delivering in it.

Everything here is outside of Headway: what `demo.world` builds is what teams already have.
"""
