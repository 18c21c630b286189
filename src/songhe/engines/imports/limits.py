"""What a file may be, and refusals for what it may not, before anything of it is unpacked into memory."""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.parsers import expat

from songhe.core.refusal import Refused

BYTES_MAX = 64 * 2**20
UNPACKED_MAX = 400 * 2**20
SHARED_STRINGS_MAX = 96 * 2**20
RATIO_MAX = 250
RATIO_FROM = 2**20
ENTRIES_MAX = 2_000
ROWS_MAX = 200_000
COLUMNS_MAX = 500
CELLS_MAX = 8_000_000
CELL_SIGNS_MAX = 32_767
_CHUNK = 2**16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def damaged() -> Refused:
    """The refusal for a workbook that cannot be read."""
    return Refused(
        "file_damaged",
        "The workbook is damaged and cannot be read. Open it in a spreadsheet program, save it again as "
        ".xlsx and upload that.",
        field="file",
    )


def check_size(size: int) -> None:
    """Refuse an empty file and one that is too large."""
    if size == 0:
        raise Refused("file_empty", "The file is empty. Choose the file with the list.", field="file")
    if size > BYTES_MAX:
        raise Refused(
            "file_large",
            "The file has {size} MB; at most {most} MB are accepted. Split the list by town and upload the parts.",
            field="file",
            size=size // 2**20 + 1,
            most=BYTES_MAX // 2**20,
        )


def kind_of(raw: bytes) -> str:
    """ "xlsx" or "csv" by content, whatever the name says; other kinds are refused with what to do."""
    if raw.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in raw:
            raise Refused(
                "file_encrypted",
                "The workbook is protected by a password. Remove the password, save it and upload it again.",
                field="file",
            )
        raise Refused(
            "file_xls",
            "This is an old .xls workbook. Open it and save it as .xlsx, then upload that.",
            field="file",
        )
    if raw.startswith(b"PK"):
        return "xlsx"
    head = raw[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith(
        (b"<html", b"<!doctype", b"<table", b"<?xml", b"%pdf", b"{\\rtf", b"\x89png", b"\xff\xd8\xff")
    ):
        raise Refused(
            "file_kind",
            "This is not a spreadsheet, although its name may say so. Open it and save it as .xlsx or .csv.",
            field="file",
        )
    return "csv"


def check_workbook(raw: bytes) -> None:
    """Refuse what would unpack into too much, is no .xlsx, or declares entities; reads it through once.

    The sizes in the central directory are believed only after each part was unpacked and its checksum fits.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _check_directory(archive)
            for entry in archive.infolist():
                _read_through(archive, entry)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ) as fault:
        if "password" in str(fault):
            raise Refused(
                "file_encrypted",
                "The workbook is protected by a password. Remove the password, save it and upload it again.",
                field="file",
            ) from None
        raise damaged() from fault


def _check_directory(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    total = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    steep = any(
        entry.file_size > RATIO_FROM and entry.file_size > RATIO_MAX * max(entry.compress_size, 1)
        for entry in entries
    )
    strings = sum(entry.file_size for entry in entries if "sharedstrings" in entry.filename.lower())
    if (
        total > UNPACKED_MAX
        or strings > SHARED_STRINGS_MAX
        or steep
        or len(entries) > ENTRIES_MAX
        or (total > RATIO_FROM and total > RATIO_MAX * packed)
    ):
        raise Refused(
            "file_bomb",
            "The workbook would unpack into far more than it should. Copy the list alone into a new workbook "
            "and upload that.",
            field="file",
        )
    if "xl/workbook.xml" not in names:
        raise Refused(
            "file_kind",
            "This is not a spreadsheet, although its name may say so. Open it and save it as .xlsx or .csv.",
            field="file",
        )


def _read_through(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    bounds = _Bounds() if entry.filename.lower().startswith("xl/worksheets/") else None
    if bounds is not None and not entry.filename.lower().endswith(".xml"):
        bounds = None
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            if bounds is not None:
                bounds.feed(chunk)


class _Bounds:
    """The farthest filled cell of a sheet, read as a stream: readers reserve memory for the whole rectangle."""

    def __init__(self) -> None:
        self._pending: str | None = None
        self._rows = self._columns = 0
        self._row = self._column = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes) -> None:
        """Read on; refuses as soon as a bound is passed."""
        try:
            self._parser.Parse(chunk, False)
        except expat.ExpatError as fault:
            raise damaged() from fault

    def _doctype(self, *_args: object) -> None:
        raise damaged()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            self._row = int(attributes["r"]) if attributes.get("r", "").isdecimal() else self._row + 1
            self._column = 0
        elif local == "c":
            self._column += 1
            self._pending = attributes.get("r")
            if self._pending is not None:
                self._place(self._pending)
        elif local in ("v", "is", "f"):
            self._filled()

    def _place(self, reference: str) -> None:
        letters = reference.rstrip("0123456789")
        column = 0
        for sign in letters[:4].upper():
            column = column * 26 + ord(sign) - 64
        self._column = column
        digits = reference[len(letters) :]
        self._row = int(digits) if 0 < len(digits) < 9 else self._row

    def _filled(self) -> None:
        if self._column <= self._columns and self._row <= self._rows:
            return
        self._columns, self._rows = max(self._columns, self._column), max(self._rows, self._row)
        check_extent(self._rows, self._columns)


def check_extent(rows: int, columns: int) -> None:
    """Refuse a sheet whose farthest filled cell lies too far out."""
    if columns > COLUMNS_MAX:
        raise Refused(
            "sheet_wide",
            "The sheet has {columns} columns; at most {most} are read. Delete what lies to the right of the list.",
            field="file",
            columns=columns,
            most=COLUMNS_MAX,
        )
    if rows > ROWS_MAX:
        raise Refused(
            "sheet_long",
            "The sheet has more than {most} rows. Split the list by town and upload the parts.",
            field="file",
            most=ROWS_MAX,
        )
    if rows * columns > CELLS_MAX:
        raise Refused(
            "sheet_cells",
            "The sheet has {rows} rows and {columns} columns, which is too much at once. Delete the columns "
            "that are not needed, or split the list.",
            field="file",
            rows=rows,
            columns=columns,
        )
