"""The story that `make demo` plays: one scene a file, on a stage of real programs, told in plain words.

A scene does what people do and then looks: over HTTP at the running containers, and at Headway's own answers.
Nothing is believed that was not seen; what is not seen in time ends the story with what was seen instead.
"""
