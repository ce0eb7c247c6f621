"""What is uploaded is complete, and each package stands alone."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ["flask_greet", "flask_nameform", "flask_simpleauth"]

# The one dependency among the packages; it is not on an index yet.
NEEDS = {"flask_simpleauth": ["flask_nameform"]}


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Run a command, and show what it printed if it fails."""
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a source distribution and a wheel of each package."""
    folder = tmp_path_factory.mktemp("dist")
    for package in PACKAGES:
        run("uv", "build", "--out-dir", folder, source_of(package))
    return folder


def source_of(package: str) -> Path:
    return ROOT / "packages" / package.replace("_", "-")


def wheel_of(package: str, dist: Path) -> Path:
    return next(dist.glob(f"{package}-*.whl"))


def modules_of(package: str) -> list[str]:
    """Name each module that needs neither an extra nor what tests need."""
    source = source_of(package) / "src"
    files = [file.relative_to(source) for file in source.rglob("*.py")]
    names = [".".join(file.with_suffix("").parts) for file in files]
    names = [name.removesuffix(".__init__") for name in names]
    others = (".testing", ".stores.redis")
    return sorted(name for name in names if not any(each in name for each in others))


def files_under(folder: Path) -> set[str]:
    """Name what is kept in a folder, relative to the folder above it."""
    return {
        file.relative_to(folder.parent).as_posix()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def test_metadata_is_valid(dist: Path) -> None:
    """An index accepts the metadata and renders the README."""
    run(sys.executable, "-m", "twine", "check", "--strict", *dist.glob("*.*z"))
    run(sys.executable, "-m", "twine", "check", "--strict", *dist.glob("*.whl"))


def test_wheels_are_well_formed(dist: Path) -> None:
    """Nothing lies in a wheel that does not belong there."""
    run(sys.executable, "-m", "check_wheel_contents", dist)


@pytest.mark.parametrize("package", PACKAGES)
def test_wheel_is_complete(dist: Path, package: str) -> None:
    """The wheel has all that the source has: templates, static files, ``py.typed``."""
    with zipfile.ZipFile(wheel_of(package, dist)) as wheel:
        names = set(wheel.namelist())

    assert f"{package}/py.typed" in names
    assert files_under(source_of(package) / "src" / package) <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)


@pytest.mark.parametrize("package", PACKAGES)
def test_source_distribution_is_complete(dist: Path, package: str) -> None:
    """The source distribution has what a distributor needs, tests included."""
    with tarfile.open(next(dist.glob(f"{package}-*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert files_under(source_of(package) / "src") <= names
    assert files_under(source_of(package) / "tests") <= names
    assert {"CHANGES.md", "LICENSE", "README.md", "pyproject.toml"} <= names


@pytest.mark.parametrize("package", PACKAGES)
def test_dependencies_have_lower_bounds_only(dist: Path, package: str) -> None:
    """Nobody is kept from a newer dependency or Python, as Flask's guide asks."""
    with zipfile.ZipFile(wheel_of(package, dist)) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith("/METADATA"))
        metadata = message_from_bytes(wheel.read(name))
    needs = [need.partition(";")[0] for need in metadata.get_all("Requires-Dist", [])]

    assert needs
    assert not [need for need in needs if re.search(r"[<~!]|(?<!>)=|, ", need)]
    assert metadata["Requires-Python"] == ">=3.10"


@pytest.mark.parametrize("package", PACKAGES)
def test_wheel_stands_alone(dist: Path, package: str, tmp_path: Path) -> None:
    """In an empty environment every module imports that needs no extra."""
    python = tmp_path / "bin" / "python"
    wheels = [wheel_of(name, dist) for name in [*NEEDS.get(package, []), package]]

    run("uv", "venv", "--python", sys.executable, tmp_path)
    run("uv", "pip", "install", "--python", python, *wheels)
    run(python, "-I", "-W", "error", "-c", f"import {', '.join(modules_of(package))}")
