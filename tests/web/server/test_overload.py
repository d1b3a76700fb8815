"""Counts the connections of each client, by its networks, and not those of proxies."""

import pytest

from calsvc.web.server.overload import ClientConnections


def shares(counted: ClientConnections, *hosts: str) -> list[float]:
    return [counted.add(counted.networks_of(host)) for host in hosts]


def test_share_of_a_client_grows_with_its_connections() -> None:
    counted = ClientConnections(2, [])
    assert shares(counted, "192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1") == [0.5, 1.0, 1.5]
    assert shares(counted, "192.0.2.2") == [0.5]
    counted.remove(counted.networks_of("192.0.2.1"))
    assert shares(counted, "192.0.2.1") == [1.5]


def test_larger_ipv6_networks_have_larger_allowances() -> None:
    counted = ClientConnections(1, [])
    assert shares(counted, *(f"2001:db8:0:{number:x}::1" for number in range(5))) == [
        1.0,
        1.0,
        1.0,
        1.0,
        1.25,
    ]
    homes = (f"2001:db8:1:{number << 8:x}::1" for number in range(17))
    assert shares(counted, *homes) == [1.0] * 16 + [17 / 16]


@pytest.mark.parametrize("host", ["", "10.0.83.7", "::ffff:10.0.83.7"])
def test_proxies_and_clients_without_an_address_are_not_counted(host: str) -> None:
    counted = ClientConnections(1, ["10.0.83.0/24"])
    assert shares(counted, host, host) == [0.0, 0.0]
    counted.remove(counted.networks_of(host))
    assert shares(counted, "192.0.2.1") == [1.0]
