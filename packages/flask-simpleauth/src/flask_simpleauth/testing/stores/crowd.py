"""Many who want the same thing at the same moment, in threads and in processes."""

from __future__ import annotations

import multiprocessing
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

#: Threads, and processes, that come at once.
THREADS, PROCESSES = 20, 4


def at_once(work: Callable[[], T]) -> list[T | BaseException]:
    """Do the work in many threads, and return what each came to or was refused with."""
    start = threading.Barrier(THREADS)

    def wait_and_work() -> T:
        start.wait()
        return work()

    with _impatient_threads(), ThreadPoolExecutor(THREADS) as pool:
        futures = [pool.submit(wait_and_work) for _ in range(THREADS)]
    return [future.exception() or future.result() for future in futures]


@contextmanager
def _impatient_threads() -> Iterator[None]:
    """Let threads interrupt each other anywhere, as they do on a busy day."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def in_processes(work: Callable[[], T], processes: int = PROCESSES) -> list[T]:
    """Do the work in as many forks of this process, and return what each came to.

    :raises EOFError: if one of them fails; what it says is on its stderr.
    """
    context: Any = multiprocessing.get_context("fork")
    start = context.Barrier(processes)

    def wait_and_work(answer: Any) -> None:  # pragma: no cover # in another process
        start.wait()
        answer.send(work())

    readers: list[Any] = []
    children: list[Any] = []
    for _ in range(processes):
        reader, writer = context.Pipe(duplex=False)
        child = context.Process(target=wait_and_work, args=(writer,))
        _start(child)
        writer.close()  # else nobody would notice that a child is gone
        readers.append(reader)
        children.append(child)

    try:
        return [reader.recv() for reader in readers]
    finally:
        for child in children:
            child.join()


def _start(child: Any) -> None:
    with warnings.catch_warnings():
        # Threads of others do not come along; the work does not wait for any.
        warnings.simplefilter("ignore", DeprecationWarning)
        child.start()
