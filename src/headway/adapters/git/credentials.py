"""Keeps credentials out of every text that leaves the adapter."""

import re

_USER_INFO = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)[^/\s'\"]*@")
_QUERY = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://[^\s'\"?#]*)[?#][^\s'\"]*")
_HEADER = re.compile(r"(?i)(authorization:\s*)\S+(\s+\S+)?")


def without_credentials(text: str) -> str:
    """Give the text with user info and query cut out of each URL in it, and authorization headers masked."""
    text = _USER_INFO.sub(r"\1", text)
    text = _QUERY.sub(r"\1", text)
    return _HEADER.sub(r"\1…", text)
