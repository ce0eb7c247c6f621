"""Servers of one test, to be killed and started again; those for all are left alone."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from typing_extensions import Self


class OwnServer:
    """A server on a free port, whose data survives its being killed."""

    def __init__(self) -> None:
        # Not pytest's folders, which are for root alone if root runs it.
        self.folder = Path(tempfile.mkdtemp())
        self.folder.chmod(0o711)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self.make()

    @property
    def command(self) -> list[str]:
        raise NotImplementedError

    def make(self) -> None:
        """Make what is there before the first start."""

    def answers(self) -> bool:
        """Tell whether the server is ready."""
        raise NotImplementedError

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            # A group of its own, since PostgreSQL is many processes.
            self._process = subprocess.Popen(
                self.command, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + 60
        while not self.answers():
            if time.monotonic() > until:
                pytest.fail((self.folder / "server.log").read_text(encoding="utf-8"))
            time.sleep(0.1)

    def kill(self) -> None:
        """End it at once, as when the power fails."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self.folder)


class OwnPostgreSQL(OwnServer):
    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def command(self) -> list[str]:
        where = ["-D", f"{self.folder}/data", "-k", "", "-h", "127.0.0.1"]
        return [*_not_as_root(), _tool("postgres"), *where, "-p", str(self.port)]

    def make(self) -> None:
        data = self.folder / "data"
        data.mkdir()
        if os.getuid() == 0:
            shutil.chown(data, "postgres")
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8"]
        command = [*_not_as_root(), _tool("initdb"), *options, "--no-sync", str(data)]
        subprocess.run(command, check=True, capture_output=True)

    def answers(self) -> bool:
        psycopg: Any = pytest.importorskip("psycopg")
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url.replace("+psycopg", "")).close()
            return True
        return False


class OwnRedis(OwnServer):
    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def command(self) -> list[str]:
        keeping = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        where = ["--bind", "127.0.0.1", "--port", str(self.port)]
        return [_tool("redis-server"), *where, *keeping, "--dir", str(self.folder)]

    def answers(self) -> bool:
        redis: Any = pytest.importorskip("redis")
        with suppress(redis.RedisError), redis.Redis.from_url(self.url) as client:
            return bool(client.ping())
        return False


def _not_as_root() -> list[str]:
    """Return what PostgreSQL has to be started by, which refuses to be run by root."""
    if os.getuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def _tool(name: str) -> str:
    """Find a program of the system; Debian keeps PostgreSQL's out of the way."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(debian[-1]) if debian else shutil.which(name)
    if found is None:
        if os.environ.get("TESTS_REQUIRE_SERVICES"):
            pytest.fail(f"{name} is not installed, and services are required.")
        pytest.skip(f"{name} is not installed: no server to kill.")
    return found
