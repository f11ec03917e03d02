"""Become the user who runs PostgreSQL, then exec it: a script, run in a tiny interpreter of its own.

    python -I -S drop.py PARENT_PID UID GID CAPABILITY -- PROGRAM [ARGUMENT ...]

PostgreSQL refuses to run as root, so a root session gives its server away to an unprivileged user. That user
could not enter `/root` (0700), where both the programs (a virtual environment) and the data may live; so one
capability is kept across the change as an *ambient* one: CAP_DAC_READ_SEARCH (reading and searching only),
or CAP_DAC_OVERRIDE where the first is not to be had (Docker's default set). CAPABILITY is its number or -1.
UID and GID are -1 when nothing has to be changed.

The kernel is also asked to send SIGINT (PostgreSQL's fast shutdown) when the parent dies, so that a service
killed hard leaves no server behind. This must come after the change of user, which clears it.

Why a script and not `preexec_fn`: that runs Python between fork and exec in a process with threads. Why not
`setpriv`: it is not on every machine.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
LINUX_CAPABILITY_VERSION_3 = 0x20080522


def _fail(libc_call: str) -> None:
    error = ctypes.get_errno()
    sys.stderr.write(f"lms-tui: {libc_call}: {os.strerror(error)}\n")
    sys.exit(126)


def _keep_only(libc: ctypes.CDLL, capability: int) -> None:
    """Make `capability` the whole of the permitted, effective, inheritable and ambient sets."""
    header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)()
    word, bit = divmod(capability, 32)
    for field in range(3):  # effective, permitted, inheritable
        data[word * 3 + field] = 1 << bit
    if libc.capset(header, data) != 0:
        _fail("capset")
    if libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0:
        _fail("prctl(PR_CAP_AMBIENT_RAISE)")


def main(arguments: list[str]) -> None:
    """Change user, arrange the parent's death signal, exec. Never returns."""
    parent, uid, gid, capability = (int(word) for word in arguments[:4])
    command = arguments[5:]
    libc = ctypes.CDLL(None, use_errno=True)
    linux = sys.platform == "linux"
    if uid >= 0:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        if capability >= 0 and libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0:
            _fail("prctl(PR_SET_KEEPCAPS)")
        os.setresuid(uid, uid, uid)
        if capability >= 0:
            _keep_only(libc, capability)
    if linux and parent > 0:
        libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
        if os.getppid() != parent:  # it died before we could ask
            sys.exit(0)
    os.umask(0o077)
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
