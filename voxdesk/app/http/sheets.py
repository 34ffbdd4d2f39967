"""A table as a file: CSV for programs, XLSX for people."""

import csv
import enum
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Final

from fastapi.responses import Response, StreamingResponse

_CSV: Final = "text/csv; charset=utf-8"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AS_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("text/csv", _XLSX)
        },
        "description": "The file.",
    }
}
"""What an endpoint that gives one answers, for the OpenAPI document."""
LINES_AT_ONCE: Final = 200
Cell = str | int | float | bool | datetime | None
_FORMULA: Final = re.compile(r"^[=+\-@\t\r]")
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Format(enum.StrEnum):
    """Of the file."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table.

    Attributes:
        name: of the file, without an ending; letters, digits, "-" and "_".
        columns: their titles.
        rows: as many cells each. Times are aware and are written with their offset.
    """

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def as_file(sheet: Sheet, wanted: Format) -> Response:
    """The answer that a browser keeps as a file."""
    name = f"{sheet.name}.{wanted}"
    kind, data = (_CSV, csv_of(sheet)) if wanted is Format.CSV else (_XLSX, xlsx_of(sheet))
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, media_type=kind, headers=headers)


def as_stream(sheet: Sheet, wanted: Format) -> Response:
    """The same for many rows: none is held longer than it takes to write it."""
    headers = {
        "Content-Disposition": f'attachment; filename="{sheet.name}.{wanted}"',
        "Cache-Control": "no-store",
    }
    if wanted is Format.CSV:
        return StreamingResponse(_csv_lines(sheet), media_type=_CSV, headers=headers)
    file = tempfile.TemporaryFile()  # noqa: SIM115  the answer closes it
    try:
        _write_xlsx(sheet, file, in_memory=False)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return StreamingResponse(_blocks(file), media_type=_XLSX, headers=headers)


def _csv_lines(sheet: Sheet) -> Iterator[bytes]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_safe(column) for column in sheet.columns])
    yield b"\xef\xbb\xbf"
    for number, row in enumerate(sheet.rows):
        writer.writerow([_written(cell) for cell in row])
        if number % LINES_AT_ONCE == 0:
            yield _taken(out)
    yield _taken(out)


def _taken(out: io.StringIO) -> bytes:
    data = out.getvalue().encode("utf-8", "replace")
    out.seek(0)
    out.truncate()
    return data


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(1 << 16):
            yield block


def csv_of(sheet: Sheet) -> bytes:
    """As RFC 4180 has it, in UTF-8 with the mark that spreadsheets need to see that it is."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_safe(column) for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_written(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def xlsx_of(sheet: Sheet) -> bytes:
    """A workbook of one sheet."""
    out = io.BytesIO()
    _write_xlsx(sheet, out, in_memory=True)
    return out.getvalue()


def _write_xlsx(sheet: Sheet, out: IO[bytes], *, in_memory: bool) -> None:
    import xlsxwriter  # noqa: PLC0415  only who exports needs it

    options = {
        "in_memory": in_memory,
        "constant_memory": not in_memory,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet(sheet.name[:31])
        bold = book.add_format({"bold": True})
        page.freeze_panes(1, 0)
        for place, column in enumerate(sheet.columns):
            page.write_string(0, place, _UNPRINTABLE.sub("", column), bold)
        for number, row in enumerate(sheet.rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, bool):
                    page.write_boolean(number, place, cell)
                elif isinstance(cell, int | float):
                    page.write_number(number, place, cell)
                elif cell is not None:
                    text = cell.isoformat() if isinstance(cell, datetime) else cell
                    page.write_string(number, place, _UNPRINTABLE.sub("", text))
        if in_memory:  # otherwise rows that were written are gone
            page.autofit()


def _written(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return _safe(cell) if isinstance(cell, str) else cell


def _safe(text: str) -> str:
    """What a spreadsheet would take for a formula is text."""
    text = _UNPRINTABLE.sub("", text)
    return f"'{text}" if _FORMULA.match(text) else text
