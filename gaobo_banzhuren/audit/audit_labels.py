"""What the foundation writes into the log itself."""

from . import labels

labels.add_area("audit", "审计")
labels.add_actions({"audit.export": "导出审计记录", "audit.anchor": "登记链尾", "audit.refused": "被拒访问"})
labels.add_fields(
    {
        "state": "状态",
        "kind": "类别",
        "starts_on": "开始日期",
        "ends_on": "结束日期",
        "month": "月份",
        "months": "月份",
        "teacher": "班主任",
        "class": "班级",
        "text": "内容",
        "reason": "原因",
        "counts": "各表条数",
        "file": "文件",
        "new": "新增",
        "updated": "更新",
        "preview": "预览校验",
    }
)
