"""How a service is named: `unix:/path`, `https://host`, or `http://` to this machine."""

from urllib.parse import urlsplit


def check_address(service: str) -> str:
    """Return the address of a service in its one spelling.

    Raises ValueError with a sentence for what is no address, for one with a user or password in it, and for
    `http://` to another machine, where a password could be read on the way. The sentence repeats no password.
    """
    if service.startswith("unix:"):
        if not service.removeprefix("unix:").startswith("/"):
            raise ValueError(f"{service!r}: a socket is given by its full path, as in unix:/run/lms-tui.sock.")
        return service
    parts = urlsplit(service)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("the address of a service begins with https:// (or unix:/ and the path of a socket).")
    if parts.username is not None or parts.password is not None:
        raise ValueError("the address of a service holds no user and no password: sign in instead.")
    if parts.query or parts.fragment:
        raise ValueError("the address of a service ends with its path: leave out what follows ? or #.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError(f"http:// to {parts.hostname} could be read on the way: use https://.")
    port = f":{parts.port}" if parts.port is not None else ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"


def is_loopback(host: str) -> bool:
    """Tell whether `host` is this machine."""
    import ipaddress  # noqa: PLC0415 - most starts have no address to look at

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
