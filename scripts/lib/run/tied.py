"""Run a command that ends with its parent: tied.py SIGNAL PARENT USER|- COMMAND…

Linux sends SIGNAL to the command at any death of the process PARENT. Elsewhere the command runs without the
tie. With USER (as root), the command runs as that user: the tie has to be made after the change of user,
which would undo it, and before the exec of the command. Standard library only.
"""
import ctypes
import os
import pwd
import signal
import sys

_PR_SET_PDEATHSIG = 1


def tie(number):
    """Let the kernel send a signal to this process when its parent ends."""
    try:
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
    except (AttributeError, OSError):
        pass


def become(name):
    """Give up root permanently."""
    entry = pwd.getpwnam(name)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def command(arguments, number, user=None):
    """Return the command line that runs `arguments` tied to this process."""
    return [
        sys.executable, '-I', '-S', __file__, signal.Signals(number).name, str(os.getpid()),
        user or '-', *map(str, arguments)]


def main():
    number, parent, user, *arguments = sys.argv[1:]
    if user != '-':
        become(user)
    tie(signal.Signals[number])
    if os.getppid() == int(parent):
        os.execv(arguments[0], arguments)


if __name__ == '__main__':
    main()
