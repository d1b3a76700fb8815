"""Clients are named by the networks that are surely their own."""

import pytest

from calsvc.web.client_networks import Network, networks_of, parse_ip_address


@pytest.mark.parametrize("client", ["192.0.2.1", "::ffff:192.0.2.1", "::FFFF:C000:0201"])
def test_ipv4_address_of_a_socket_for_both_families_is_itself(client: str) -> None:
    assert str(parse_ip_address(client)) == "192.0.2.1"
    assert networks_of(client) == (Network("192.0.2.1", 1),)


def test_ipv6_address_has_networks_of_three_sizes() -> None:
    assert networks_of("2001:db8:1:2345::1") == (
        Network("2001:db8:1:2345::/64", 1),
        Network("2001:db8:1:2300::/56", 4),
        Network("2001:db8:1::/48", 16),
    )


def test_zone_of_an_address_is_no_part_of_its_network() -> None:
    assert networks_of("fe80::1%eth0")[0] == networks_of("fe80::2%eth1")[0]


@pytest.mark.parametrize("client", ["", "testclient", "unix:", "192.0.2.1:80"])
def test_client_without_an_address_stands_for_itself(client: str) -> None:
    assert parse_ip_address(client) is None
    assert networks_of(client) == (Network(client, 1),)
