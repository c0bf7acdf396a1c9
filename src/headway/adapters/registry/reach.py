"""Which registries are spoken to in plain HTTP, and where a registry may send us on to.

HTTPS always, but for this machine itself and the hosts that the settings name. A registry elsewhere can never
send us to this machine or to the link-local services of a cloud host.
"""

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Say whether ``host`` or ``host:port`` is this machine, by its name alone."""
    name = _name_of(host)
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def base_url(host: str, plain_http: Collection[str]) -> str:
    """Give ``https://host`` or, for this machine and the hosts in `plain_http`, ``http://host``."""
    scheme = "http" if is_loopback(host) or host in plain_http else "https"
    return f"{scheme}://{host}"


def may_go_on(host: str, url: str, plain_http: Collection[str]) -> bool:
    """Say whether the registry `host` may send us to `url`, by redirect or as its token service."""
    try:
        parts = urlsplit(url)
        target, there = parts.netloc.rpartition("@")[2], parts.hostname
    except ValueError:
        return False
    if not there or parts.scheme not in {"http", "https"} or "@" in parts.netloc:
        return False
    if parts.scheme == "http" and not base_url(target, plain_http).startswith("http://"):
        return False
    return is_loopback(host) or not (is_loopback(target) or _is_link_local(there))


def _name_of(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_link_local(name: str) -> bool:
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_link_local or address.is_unspecified
