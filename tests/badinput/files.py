"""Files that must be refused with a clear reason, made on the spot so that no binary lies in the repository."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence

from openpyxl import Workbook

WORKBOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>'
)
_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_PART}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_PART}.worksheet+xml"/></Types>'
)
PACKAGE = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
SHEET_HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
SHEET_TAIL = "</sheetData></worksheet>"


def xlsx(rows: Sequence[Sequence[object]], *, sheet: str = "Sheet1", more: Sequence[str] = ()) -> bytes:
    """A sound workbook with these rows, and empty sheets of other names."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(list(row))
    for line in page.iter_rows():
        for cell in line:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # text even where it begins like a formula
    for name in more:
        book.create_sheet(name)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def raw_workbook(sheet: str, *, extra: dict[str, bytes] | None = None) -> bytes:
    """A workbook with the given sheet XML, sound or not."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", PACKAGE)
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, body in (extra or {}).items():
            archive.writestr(name, body)
    return out.getvalue()


def zip_bomb() -> bytes:
    """100 MB of zeros in 100 KB."""
    return raw_workbook(SHEET_HEAD + SHEET_TAIL, extra={"xl/media/image1.png": bytes(100 * 2**20)})


def lying_zip() -> bytes:
    """A part that claims to unpack into ten bytes."""
    raw = bytearray(raw_workbook(SHEET_HEAD + SHEET_TAIL, extra={"xl/sharedStrings.xml": b"x" * 50_000}))
    place = raw.rindex(b"xl/sharedStrings.xml")
    struct.pack_into("<I", raw, place - 46 + 24, 10)
    return bytes(raw)


def far_cell(reference: str) -> bytes:
    """A sheet with two filled cells, one of them far out: the rectangle between them is what costs memory."""
    row = "".join(sign for sign in reference if sign.isdigit())
    cells = f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{reference}"><v>1</v></c></row>'
    return raw_workbook(SHEET_HEAD + cells + SHEET_TAIL)


def with_entities() -> bytes:
    """A sheet that declares entities which grow when they are read."""
    lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return raw_workbook(
        f'<!DOCTYPE x [<!ENTITY a0 "ha">{lines}]>' + SHEET_HEAD + "<row><c><v>&a9;</v></c></row>" + SHEET_TAIL
    )


def wide_csv(columns: int = 100_000) -> bytes:
    """One line of very many columns."""
    return (",".join(["姓名"] * columns) + "\n").encode()


def old_xls() -> bytes:
    """The head of an OLE file."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024)


def encrypted() -> bytes:
    """The head of an OLE file with an encrypted package."""
    return old_xls() + "EncryptedPackage".encode("utf-16-le")


REFUSED = {
    "empty": (b"", "file_empty"),
    "only a mark": (b"\xef\xbb\xbf", "file_empty"),
    "only blank lines": (b"\r\n \r\n,,\r\n", "file_empty"),
    "no text": (b"\x00\x01\x02\x03" * 100, "csv_encoding"),
    "half a GBK character": ("姓名".encode("gbk")[:-1], "csv_encoding"),
    "a web page": (b"<html><table><tr><td>1</td></tr></table></html>", "file_kind"),
    "a PDF": (b"%PDF-1.7 ...", "file_kind"),
    "old .xls": (old_xls(), "file_xls"),
    "password": (encrypted(), "file_encrypted"),
    "cut off": (xlsx([["姓名"]])[:-200], "file_damaged"),
    "only a zip head": (b"PK\x03\x04", "file_damaged"),
    "lying sizes": (lying_zip(), "file_damaged"),
    "entities": (with_entities(), "file_damaged"),
    "column XFD": (far_cell("XFD1"), "sheet_wide"),
    "row 1048576": (far_cell("A1048576"), "sheet_long"),
    "a wide rectangle": (far_cell("RZ190000"), "sheet_cells"),
    "100,000 columns": (wide_csv(), "sheet_wide"),
}
"""Files by what is wrong with them, with the code of the refusal; the zip bomb is made where it is used."""
