"""The settings file of a municipality for letters, e-mails and text messages (TOML)."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from calsvc.errors import MunicipalityFileError
from calsvc.i18n.languages import LANGUAGES

Table = Mapping[str, Any]
KEY_TYPES: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "letter": {"template": str, "text": dict, "logo": str, "logo_alt": str, "era": bool},
    "sender": {"name": str, "seal": str, "lines": list, "number": str},
    "envelope": {"size": list, "window": list, "seam": (int, float), "fold": list},
    "address": {
        **dict.fromkeys(("x", "y", "width", "height", "barcode_points"), (int, float)),
        "barcode": bool,
        "postcodes": str,
    },
    "mail": {"from": str, "unsubscribe": str, "text": dict},
    "sms": {"parts": int, "text": dict},
}


def load_tables(path: Path) -> Table:
    """Parse the file and check its keys and types. Raises `MunicipalityFileError`."""
    try:
        content = tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise MunicipalityFileError(path.name, "", error.strerror or "cannot be read") from None
    except ValueError as error:
        raise MunicipalityFileError(path.name, "", str(error)) from None
    for name, table in content.items():
        if name not in KEY_TYPES or not isinstance(table, dict):
            raise MunicipalityFileError(
                path.name, name, f"is not known. Known: {', '.join(KEY_TYPES)}"
            )
        for key, value in table.items():
            _check_entry(path, name, key, value)
    return content


def _check_entry(path: Path, table: str, key: str, value: object) -> None:
    if key not in KEY_TYPES[table]:
        known = ", ".join(KEY_TYPES[table])
        raise MunicipalityFileError(path.name, f"{table}.{key}", f"is not known. Known: {known}")
    if not isinstance(value, KEY_TYPES[table][key]):
        raise MunicipalityFileError(path.name, f"{table}.{key}", "is of another kind of value")


def read_file_beside(path: Path, name: str) -> bytes:
    """Read the file ``name`` in the folder of ``path``. Raises `MunicipalityFileError`."""
    place = path.parent / name
    if place.is_symlink() or Path(name).name != name:
        raise MunicipalityFileError(
            path.name, name, "must be a file in the same folder, and no link"
        )
    try:
        return place.read_bytes()
    except OSError as error:
        raise MunicipalityFileError(path.name, name, error.strerror or "cannot be read") from None


def read_text_files(path: Path, table: str, files: Mapping[str, str]) -> Mapping[str, bytes]:
    """Read the text file of each language in ``table``. Raises `MunicipalityFileError`."""
    for language in files:
        if language not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            raise MunicipalityFileError(
                path.name, f"{table}.text.{language}", f"is none of {known}"
            )
    return {language: read_file_beside(path, name) for language, name in files.items() if name}
