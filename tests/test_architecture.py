"""The page on the system's design says what the contracts say: rooms, floors, names."""

import re
import tomllib

from tests.house import ROOT

PAGE = (ROOT / "docs" / "architecture" / "system_design.md").read_text(encoding="utf-8")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]


def _floors() -> dict[str, int]:
    rows = re.findall(r"^\| (\d) \| `([a-z_]+)(?:\.py)?` \|", PAGE, flags=re.MULTILINE)
    return {room: int(floor) for floor, room in rows}


def _rooms() -> set[str]:
    package = ROOT / "flowdsl"
    files = {file.stem for file in package.glob("[!_]*.py")}
    return files | {part.parent.name for part in package.glob("*/__init__.py")}


def test_every_room_of_the_house_has_its_row() -> None:
    assert set(_floors()) == _rooms()


def test_floors_rise_as_the_contract_says() -> None:
    floors = _floors()
    layers = next(each["layers"] for each in CONTRACTS if each["type"] == "layers")
    rising = [
        [floors[room] for room in re.findall(r"\w+", layer) if room in floors]
        for layer in reversed(layers)
    ]
    lowest = [min(layer) for layer in rising if layer]

    assert lowest == sorted(lowest)
    assert all(len(set(layer)) <= 1 for layer in rising)


def test_every_contract_is_named() -> None:
    section = PAGE.partition("| contract | says |")[2].partition("\n\n")[0]
    named = re.findall(r"^\| ([A-Z][^|]+) \|", section, flags=re.MULTILINE)

    assert named == [each["name"] for each in CONTRACTS]
