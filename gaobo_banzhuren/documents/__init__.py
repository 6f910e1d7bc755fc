"""Files in and out: workbooks read safely, workbooks and PDFs written, attachments kept private.

What the other apps call (import from the modules, nothing is re-exported here):

Reading a workbook
    from gaobo_banzhuren.documents import cells
    from gaobo_banzhuren.documents.problems import Problems
    from gaobo_banzhuren.documents.workbooks_in import HeaderColumn, Limits, error_workbook, open_workbook

    COLUMNS = [
        HeaderColumn("code", "学院代码", cells.code, required=True),
        HeaderColumn("name", "学院名称", cells.text, required=True, aliases=("名称",)),
        HeaderColumn("left_on", "结束日期", cells.date),                 # blank gives None
        HeaderColumn("phone", "手机", cells.phone, empty=""),            # blank gives ""
        HeaderColumn("kind", "项目类型", cells.choice({"专接本": "ZJB", "自考助学": "ZK"}), required=True),
        HeaderColumn("year", "入学年份", cells.integer(1990, 2100)),
    ]
    with open_workbook(upload) as book:            # WorkbookRefused (a UserError) says in Chinese what is wrong
        book.sheet_names                           # visible sheets in order; book.hidden_sheets: the others
        problems = Problems()
        table = book.table("二级学院", COLUMNS, problems)   # None: sheet absent, or its header was reported
        table = book.find_table(COLUMNS, problems)         # the one visible sheet whose header fits
        for row, record in table.records(problems):        # {field: converted}; bad rows are reported, not yielded
            problems.at(table, row, "code", record["code"], "不存在")   # a finding of the caller
        table.rows()                               # (row number, {field: raw value}) when a caller converts itself
        table.notes, book.notes                    # extra columns and the like, for the preview page
    str(problem) == "工作表「二级学院」第 3 行「学院代码」：值「C9」不存在"; problems.refuse() raises when there are any
    Limits().explained()                           # the limits in Chinese sentences, for the page's help
    error_workbook(original_bytes, problems)       # the person's own file, bad cells marked, list in front
    `mapping={"工 号": "staff_no", "C": "name", "D": None}` on table()/find_table() overrides the guess
    (header text or column letter to field, None = ignore that column).

Writing a workbook
    from gaobo_banzhuren.documents.workbooks_out import (
        Column, Sheet, Table, attachment_response, workbook_bytes, XLSX)
    sheet = Sheet("汇总", before=[["title cell", ...], ...], table=Table(columns, rows, foot=[[...]]), after=[[...]])
    data = workbook_bytes([sheet, ...], title="班主任津贴发放表")        # same input, same bytes
    return attachment_response(data, "津贴 2023-11.xlsx", XLSX)
    Column(header, key_or_index, kind) with kind one of TEXT, MONEY (Decimal yuan), INTEGER, NUMBER, DATE, DATETIME.
    Rows are streamed (a generator is fine); MONEY and the like show text where the value is text.
    Lower level: safe_cell(cell, value), SheetNames().take("学院 A/B"), finish(openpyxl workbook) -> bytes.

PDF
    from gaobo_banzhuren.documents.pdf import render_pdf
    render_pdf("documents/certificate.html", context, title="荣誉证书") -> bytes; the template extends
    "documents/pdf_base.html" (blocks: title, page_class portrait|landscape|bare, style, content; a
    <span class="foot-left"> goes into the foot of every page). PdfUnavailable is a UserError.
    printable.unprintable_characters(text) -> list[str]; printable.validate_printable is a validator for name fields.
    money_words.money_in_words(Decimal("2800")) == "贰仟捌佰元整"

Attachments
    services.store(upload, owner=user, purpose="duties.record") -> StoredFile (raises UserError);
    files.register_scope("duties.record", callable(user, stored_file) -> bool) in the app's ready();
    {% url "documents:file" stored.public_id %} (stored.get_absolute_url) serves it as an attachment, 404 for everyone else.
"""
