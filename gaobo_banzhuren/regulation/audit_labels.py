"""What the regulation writes into the log."""

from gaobo_banzhuren.audit import labels

from .data_files import default_system_settings, default_year_settings, first_parts
from .leaves import leaves

labels.add_area("regulation", "制度与校历")
labels.add_actions(
    {
        "regulation.draft": "起草制度版本",
        "regulation.draft_head": "修改草稿名称与施行日期",
        "regulation.draft_part": "修改草稿内容",
        "regulation.preview": "试算制度草稿",
        "regulation.activate": "启用制度版本",
        "regulation.void": "作废制度版本",
        "regulation.document": "登记文号与主文件",
        "regulation.confirm_reading": "确认口径",
        "regulation.interpret": "登记解释",
        "regulation.system_settings": "修改系统设置",
        "regulation.school_year": "新建学年",
        "regulation.year_settings": "修改学年设置",
        "regulation.terms": "修改学期",
        "regulation.payable_months": "修改计发月份",
        "regulation.confirm_payable_months": "确认计发月份",
        "regulation.calendar_days": "登记放假与调休",
        "regulation.remove_calendar_day": "删除校历日",
    }
)
labels.add_fields(
    {
        "effective_from": "施行日期",
        "document_no": "文号",
        "parent_document": "主文件",
        "based_on": "所据版本",
        **{
            leaf.path: f"{leaf.section} · {leaf.label}" if leaf.section else leaf.label
            for leaf in first_parts().leaves()
        },
        **{leaf.path: leaf.label for leaf in leaves(default_year_settings())},
        **{leaf.path: leaf.label for leaf in leaves(default_system_settings())},
    }
)
