"""What counts as one client, by its address."""

import ipaddress


def network(address: str, v4: int = 32, v6: int = 64) -> str:
    """Return the network of `address` that is one client's: an IPv4 address, or the /64 of an IPv6 one, which is one
    household's own; with other numbers of bits a wider one. What is no address is returned as it is.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or ipaddress.IPv6Address(int(found))  # without its zone
    bits = v4 if isinstance(found, ipaddress.IPv4Address) else v6
    return str(ipaddress.ip_network((found, bits), strict=False))
