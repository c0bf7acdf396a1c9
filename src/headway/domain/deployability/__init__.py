"""Deployability: DORA's five questions, answered yes, no or unknown from facts. Pure.

`fold` watches one fact more and gives what it wrote; `answers` reckons on what was written.
"""
