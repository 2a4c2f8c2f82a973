"""The command `evidence` as processes forked from one that has imported it.

A command takes a fraction of a second, starting Python and importing everything a whole one, and the tests
run some hundreds. Each is a process of its own all the same, with its own environment, folder and outputs.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]


class Commands:
    """One process that forks; not for several threads at once."""

    def __init__(self) -> None:
        orders, self._orders = os.pipe()
        self._answers, answers = os.pipe()
        command = [sys.executable, "-m", "tests.support.commands", str(orders), str(answers)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("EVIDENCE_")}
        self._process = subprocess.Popen(
            command, cwd=ROOT, pass_fds=(orders, answers), env=environment | {"LANGUAGE": "en"}
        )
        os.close(orders)
        os.close(answers)
        self._told = os.fdopen(self._answers, encoding="utf-8")
        atexit.register(self.close)

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path | None
    ) -> tuple[int, str, str]:
        """(exit code, standard output, standard error) of one command."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            order = {
                "arguments": list(arguments),
                "environment": dict(environment),
                "folder": str(folder or Path.cwd()),
                "out": f"/proc/{os.getpid()}/fd/{out.fileno()}",
                "err": f"/proc/{os.getpid()}/fd/{err.fileno()}",
            }
            os.write(self._orders, json.dumps(order).encode() + b"\n")
            line = self._told.readline()
            assert line, "the process that forks commands has ended"
            return int(line), _whole(out), _whole(err)

    def close(self) -> None:
        os.close(self._orders)
        self._process.wait(30)


@cache
def commands() -> Commands:
    """This test process's own."""
    return Commands()


def _whole(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8")


# --- the process that forks ------------------------------------------------------------------


def _order_of_a_child(orders: int, answers: int) -> dict[str, Any] | None:
    """Serve until there are no more orders: None. In each child, its order."""
    with os.fdopen(orders, encoding="utf-8") as lines:
        for line in lines:
            child = os.fork()
            if child == 0:
                os.close(answers)
                order: dict[str, Any] = json.loads(line)
                return order
            _pid, status = os.waitpid(child, 0)
            os.write(answers, b"%d\n" % os.waitstatus_to_exitcode(status))
    return None


def _become(order: Mapping[str, Any]) -> None:
    for number, path, mode in (
        (0, os.devnull, os.O_RDONLY),
        (1, order["out"], os.O_RDWR),
        (2, order["err"], os.O_RDWR),
    ):
        opened = os.open(path, mode)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    sys.argv = ["evidence", *order["arguments"]]
    sys.path[0] = ""  # as for `python -c`


def _run() -> int:
    from api.cli import main

    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(end.code + "\n")
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _exit(code: int) -> None:
    """End as the interpreter does, without taking down module after module that the parent imported."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _import_everything() -> None:
    import importlib
    import pkgutil

    import api.cli

    for module in pkgutil.walk_packages(api.cli.__path__, "api.cli."):
        importlib.import_module(module.name)
    import uvicorn  # noqa: F401

    import api.app


if __name__ == "__main__":
    _import_everything()
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a process with threads cannot be forked safely"
    gc.freeze()  # what is imported is shared with the children
    given = _order_of_a_child(int(sys.argv[1]), int(sys.argv[2]))
    if given is not None:
        _become(given)
        _exit(_run())
