"""Certificate and key of a service, looked at before it listens and read anew by each worker."""

import os
import ssl
import stat
from pathlib import Path

from lms_tui.service.settings import Certificate


class CertificateError(Exception):
    """A certificate or key that cannot be served with; the message is a sentence."""


def context(certificate: Certificate) -> ssl.SSLContext:
    """Return what encrypts with `certificate`, by TLS 1.2 or newer.

    Raises CertificateError for files that cannot be read, do not belong together or are locked by a pass phrase, and
    for a key that everybody can read or its group can change. A group that may read it is let be: so Debian keeps keys.
    """
    try:
        _check_closed(certificate.key)
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.minimum_version = ssl.TLSVersion.TLSv1_2
        made.load_cert_chain(certificate.chain, certificate.key, password=_locked)
    except ssl.SSLError as error:
        what = error.reason or str(error)
        raise CertificateError(
            f"{certificate.chain} and {certificate.key} are no certificate in PEM and its key ({what})."
        ) from error
    except OSError as error:
        raise CertificateError(
            f"The certificate {certificate.chain} or its key {certificate.key} cannot be read: {error.strerror}."
        ) from error
    return made


def _check_closed(key: Path) -> None:
    found = key.stat()
    if stat.S_IMODE(found.st_mode) & 0o027 or found.st_uid not in (0, os.geteuid()):
        raise CertificateError(f"The key {key} is open to others. Make it yours alone: chmod 600 {key}")


def _locked() -> str:
    raise CertificateError("The key is locked by a pass phrase, which nobody is there to type: unlock it into a file.")
