"""What an uploaded workbook may weigh. Published in the help text of every import."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, counts and characters that a workbook must not exceed; `rows` and `cells` are for the whole workbook."""

    file_bytes: int = 5 * MIB
    unpacked_bytes: int = 100 * MIB
    entries: int = 200
    # Deflate reaches 1,000; an honest sheet 10 to 30. Small parts are let off: their size does no harm.
    ratio: int = 100
    ratio_from_bytes: int = 4 * MIB
    small_part_bytes: int = 4 * MIB
    sheets: int = 60
    rows: int = 60_000
    # Rows that exist in the file but hold nothing (formatted only) cost time too.
    row_elements: int = 200_000
    columns: int = 64
    cells: int = 1_500_000
    shared_strings: int = 500_000
    cell_chars: int = 5_000
    merges: int = 5_000
    rules: int = 10_000
