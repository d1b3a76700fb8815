"""Names the networks of a client. Rate limits count networks, because IPv6 has many addresses."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

PEER = "calsvc.peer"
"""The key of an ASGI scope that holds the IP address of the peer, which may be a proxy."""
ALLOWANCES = {64: 1, 56: 4, 48: 16}
"""Bits of an IPv6 prefix, and the number of clients that it counts as.

Providers assign a /64, a /56 or a /48 to a home.
"""


class Network(NamedTuple):
    """A network of a client. ``allowance``: the number of clients that it counts as."""

    name: str
    allowance: int


def parse_ip_address(client: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address ``client``, or None if it is not one.

    A socket for both families shows IPv4 as ``::ffff:192.0.2.1``. That is returned as IPv4.
    """
    try:
        address = ip_address(client)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def networks_of(client: str) -> tuple[Network, ...]:
    """Return the networks of ``client``, the smallest first. IPv4 and names have only one."""
    address = parse_ip_address(client)
    if isinstance(address, IPv6Address):
        return tuple(_network(address, *each) for each in ALLOWANCES.items())
    return (Network(str(address or client), 1),)


def _network(address: IPv6Address, bits: int, allowance: int) -> Network:
    """Return the network of ``address`` with a prefix of ``bits``."""
    # `ipaddress.ip_network` takes ten times as long.
    shift = address.max_prefixlen - bits
    return Network(f"{IPv6Address(int(address) >> shift << shift)}/{bits}", allowance)
