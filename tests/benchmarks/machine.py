"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any


def describe() -> dict[str, Any]:
    """Processor, cores, memory (bytes), kernel and Python; nothing that names the machine."""
    return {
        "processor": _field("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


def resident(pid: int) -> int:
    """Resident memory of a process in bytes, 0 once it is gone."""
    value = _field(f"/proc/{pid}/status", "VmRSS")
    return int(value.split()[0]) * 1024 if value else 0


def children(pid: int) -> list[int]:
    """The process and all its descendants."""
    try:
        tasks = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(grandchild for child in tasks for grandchild in children(int(child)))]


def processor_seconds(pid: int) -> float:
    """What the process and its descendants have used of the processors, those that ended included."""
    ended = sum(map(int, _stat(pid)[13:15]))
    alive = sum(sum(map(int, _stat(each)[11:13])) for each in children(pid))
    return (ended + alive) / os.sysconf("SC_CLK_TCK")


def parent(pid: int) -> int:
    """The process that started it."""
    return int(_stat(pid)[1])


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the command's name, zeros once the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ["0"] * 50


def command(pid: int) -> str:
    """The process's command line, "" once it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _field(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
