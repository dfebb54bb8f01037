"""Imports every module of ours and prints what one of them did on the way; run in a process of its own."""

import importlib
import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
REFUSED: Final = frozenset(
    {"socket.__new__", "socket.connect", "subprocess.Popen", "os.fork", "os.mkdir", "sqlite3.connect"}
)
WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND
OURS: Final = ("bot", "handlers", "storage")
LIBRARY: Final = (os.__file__, "<frozen os>", "<frozen _collections_abc>")

done: list[str] = []
current = ""


def watch(event: str, args: tuple[Any, ...]) -> None:
    if event in REFUSED:
        done.append(f"{current}: {event}")
    elif event == "open" and _writes(*args[1:3]):
        done.append(f"{current}: writes {args[0]}")


def _writes(mode: str | None, flags: int) -> bool:
    return bool(set(mode or "") & set("wax+")) or bool(flags & WRITING)


def watched(name: str) -> Callable[..., Any]:
    """Return the method *name* of the environment that notes whoever of ours calls it."""
    original = getattr(type(os.environ), name)

    def method(*args: Any) -> Any:
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_filename in LIBRARY:
            frame = frame.f_back
        if any(Path(frame.f_code.co_filename).is_relative_to(ROOT / top) for top in OURS):
            done.append(f"{current}: reads the environment")
        return original(*args)

    return method


def modules() -> list[str]:
    """Return the names of our modules but those that are there to be run."""
    files = [path for top in OURS for path in (ROOT / top).rglob("*.py")]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files]
    return sorted(
        name.removesuffix(".__init__") for name in names if name not in {"bot.__main__", "storage.migrations.env"}
    )


def main() -> None:
    """Import everything, then say what happened."""
    global current
    sys.path.insert(0, str(ROOT))
    importlib.import_module("urllib3")  # makes a socket to see whether this machine has IPv6
    for name in ("__getitem__", "__iter__", "__contains__"):
        setattr(type(os.environ), name, watched(name))
    sys.addaudithook(watch)
    for name in modules():
        current = name
        importlib.import_module(name)
        if threading.active_count() > 1:
            done.append(f"{name}: started a thread")
    sys.stdout.write(json.dumps({"done": done, "imported": len(modules())}))


if __name__ == "__main__":
    main()
