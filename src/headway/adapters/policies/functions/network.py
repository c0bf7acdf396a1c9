"""IP addresses and networks. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import ClassVar

from headway.adapters.policies.functions.conversions import STRING
from headway.adapters.policies.functions.formatting import quote
from headway.adapters.policies.functions.function import Function, Overload, opaque, traversal
from headway.adapters.policies.values import EvaluationError, Value

Address = IPv4Address | IPv6Address


@opaque
@dataclass(frozen=True, slots=True)
class Ip:
    """An address."""

    TYPE: ClassVar[str] = "net.IP"
    address: Address


@opaque
@dataclass(frozen=True, slots=True)
class Cidr:
    """A network, with the address as it was written."""

    TYPE: ClassVar[str] = "net.CIDR"
    address: Address
    bits: int


def _address(text: str) -> Address:
    try:
        return ip_address(text)
    except ValueError:
        raise EvaluationError(f"ParseAddr({quote(text)}): unable to parse IP") from None


def _read_ip(text: str) -> Ip:
    try:
        found = _address(text)
    except EvaluationError as error:
        raise EvaluationError(
            f"IP Address {quote(text)} parse error during conversion from string: {error}"
        ) from error
    if isinstance(found, IPv6Address) and found.scope_id:
        raise EvaluationError(f"IP address {quote(text)} with zone value is not allowed")
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        raise EvaluationError(f"IPv4-mapped IPv6 address {quote(text)} is not allowed")
    return Ip(found)


def _read_cidr(text: str) -> Cidr:
    said = "network address parse error during conversion from string: "
    place = f"{said}{said}netip.ParsePrefix({quote(text)}): "
    address, slash, bits = text.rpartition("/")
    if not slash:
        raise EvaluationError(f"{place}no '/'")
    try:
        found = _address(address)
    except EvaluationError as error:
        raise EvaluationError(f"{place}{error}") from error
    if isinstance(found, IPv6Address) and found.scope_id:
        raise EvaluationError(f"{place}IPv6 zones cannot be present in a prefix")
    if not re.fullmatch("0|[1-9][0-9]*", bits):
        raise EvaluationError(f"{place}bad bits after slash: {quote(bits)}")
    if len(bits) > 3 or int(bits) > found.max_prefixlen:
        raise EvaluationError(f"{place}prefix length out of range")
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        raise EvaluationError(f"{said}IPv4-mapped IPv6 address {quote(text)} is not allowed")
    return Cidr(found, int(bits))


def _holds(read: Callable[[str], Value]) -> Callable[[str], bool]:
    def holds(text: str) -> bool:
        try:
            read(text)
        except EvaluationError:
            return False
        return True

    return holds


def _network_holds(network: Cidr, address: Address, bits: int | None = None) -> bool:
    if network.address.version != address.version:
        return False
    wide = (
        ip_network((int(network.address), network.bits), strict=False)
        if network.address.version == 4
        else (ip_network((IPv6Address(int(network.address)), network.bits), strict=False))
    )
    return address in wide and (bits is None or network.bits <= bits)


def _masked(network: Cidr) -> Cidr:
    size = network.address.max_prefixlen
    kept = int(network.address) >> (size - network.bits) << (size - network.bits)
    return Cidr(type(network.address)(kept), network.bits)


def _is_global(address: Address) -> bool:
    return not (
        address.is_unspecified
        or address.is_loopback
        or address.is_multicast
        or address.is_link_local
        or address == IPv4Address("255.255.255.255")
    )


def _is_link_local_multicast(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return int(address) >> 8 == 0xE00000
    return int(address) >> 112 & 0xFF0F == 0xFF02


def _function(
    name: str, *overloads: tuple[str, Callable[..., Value]], member: bool = True, library: str = "ip, cidr"
) -> Function:
    return Function(
        name=name,
        member=member,
        library=library,
        cost=traversal,
        overloads=tuple(Overload(signature, run) for signature, run in overloads),
    )


def _asks(name: str, ask: Callable[[Address], bool]) -> Function:
    return _function(name, ("net.IP -> bool", lambda value: ask(value.address)), library="ip")


LIBRARY = (
    _function("ip", ("string -> net.IP", _read_ip), member=False, library="ip"),
    _function("ip", ("net.CIDR -> net.IP", lambda value: Ip(value.address)), library="cidr"),
    _function("isIP", ("string -> bool", _holds(_read_ip)), member=False, library="ip"),
    _function(
        "ip.isCanonical",
        ("string -> bool", lambda text: str(_read_ip(text).address) == text),
        member=False,
        library="ip",
    ),
    _function("family", ("net.IP -> int", lambda value: value.address.version), library="ip"),
    _asks("isUnspecified", lambda address: address.is_unspecified),
    _asks("isLoopback", lambda address: address.is_loopback),
    _asks("isLinkLocalMulticast", _is_link_local_multicast),
    _asks("isLinkLocalUnicast", lambda address: address.is_link_local),
    _asks("isGlobalUnicast", _is_global),
    _function("cidr", ("string -> net.CIDR", _read_cidr), member=False, library="cidr"),
    _function("isCIDR", ("string -> bool", _holds(_read_cidr)), member=False, library="cidr"),
    _function(
        "containsIP",
        ("net.CIDR, string -> bool", lambda value, text: _network_holds(value, _read_ip(text).address)),
        ("net.CIDR, net.IP -> bool", lambda value, ip: _network_holds(value, ip.address)),
        library="cidr",
    ),
    _function(
        "containsCIDR",
        (
            "net.CIDR, string -> bool",
            lambda value, text: _network_holds(value, (other := _read_cidr(text)).address, other.bits),
        ),
        ("net.CIDR, net.CIDR -> bool", lambda value, other: _network_holds(value, other.address, other.bits)),
        library="cidr",
    ),
    _function("prefixLength", ("net.CIDR -> int", lambda value: value.bits), library="cidr"),
    _function("masked", ("net.CIDR -> net.CIDR", _masked), library="cidr"),
    _function(
        "string",
        *((f"{source} -> string", run) for source, run in STRING),
        ("net.IP -> string", lambda value: str(value.address)),
        ("net.CIDR -> string", lambda value: f"{value.address}/{value.bits}"),
        member=False,
        library="conversions, ip, cidr",
    ),
)
