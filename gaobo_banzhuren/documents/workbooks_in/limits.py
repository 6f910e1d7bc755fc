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

    def explained(self) -> list[str]:
        """Say the limits that a person can run into, for the help text of an import."""
        return [
            "只接受 xlsx 工作簿（不含宏、外部链接和嵌入对象）",
            f"文件不超过 {self.file_bytes / MIB:g} MiB，解开后不超过 {self.unpacked_bytes / MIB:g} MiB",
            f"全部工作表合计不超过 {self.rows:,} 行，每张不超过 {self.columns} 列",
            f"一个单元格不超过 {self.cell_chars:,} 个字",
            "表头在前 10 行之内，列的顺序不限；公式请粘贴为数值，合并单元格请取消合并",
        ]
