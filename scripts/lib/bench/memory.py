"""Memory of processes as PSS: shared pages divided among the processes that share them"""
import re
from pathlib import Path


def pss(pids):
    """Return megabytes (10⁶ bytes) per process, largest first; an ended one is left out"""
    found = []
    for pid in pids:
        try:
            text = Path(f'/proc/{pid}/smaps_rollup').read_text()
        except OSError:
            continue
        kilobytes = re.search(r'^Pss:\s+(\d+) kB', text, re.MULTILINE)
        found.append(round(int(kilobytes[1]) * 1024 / 1e6, 1))
    return sorted(found, reverse=True)
