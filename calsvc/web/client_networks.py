"""Names the networks that stand for a client where clients are counted."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

PEER = "calsvc.peer"
"""The key of a scope under which the server hands the address of its peer, be it a proxy."""
ALLOWANCES = {64: 1, 56: 4, 48: 16}
"""Bits of an IPv6 network, and how many clients it counts as. A home has a /64, a /56 or a /48."""


class Network(NamedTuple):
    """A network that a client is in. ``allowance``: how many clients it may count as."""

    name: str
    allowance: int


def parse_address(client: str) -> IPv4Address | IPv6Address | None:
    """Return the address ``client``, or None if it is none.

    A socket for both families shows IPv4 as ``::ffff:192.0.2.1``. That is returned as IPv4.
    """
    try:
        address = ip_address(client)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def networks_of(client: str) -> tuple[Network, ...]:
    """Return the networks of ``client``, the smallest first. IPv4 and a name have one alone."""
    address = parse_address(client)
    if isinstance(address, IPv6Address):
        return tuple(_network(address, *each) for each in ALLOWANCES.items())
    return (Network(str(address or client), 1),)


def _network(address: IPv6Address, bits: int, allowance: int) -> Network:
    """Return the network with so many bits. `ipaddress.ip_network` takes ten times as long."""
    shift = address.max_prefixlen - bits
    return Network(f"{IPv6Address(int(address) >> shift << shift)}/{bits}", allowance)
