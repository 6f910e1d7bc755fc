"""What the allowance writes into the log."""

from gaobo_banzhuren.audit import labels

from .models.warnings import WarningCode

labels.add_area("allowance", "津贴")
labels.add_actions(
    {
        "allowance.settle": "结算津贴月表",
        "allowance.confirm_warning": "确认月表提示",
        "allowance.submit": "提交津贴月表",
        "allowance.return": "退回津贴月表",
        "allowance.reopen": "重新打开津贴月表",
        "allowance.review": "审核津贴月表",
        "allowance.hand_over": "月表送人事",
        "allowance.receive": "月表接收",
        "allowance.bundle_create": "建立津贴批次",
        "allowance.bundle_add": "批次加入月表",
        "allowance.bundle_remove": "批次移出月表",
        "allowance.bundle_hand_over": "津贴批次送人事",
        "allowance.bundle_receive": "津贴批次接收",
        "allowance.adjustment_propose": "提出补发或扣回",
        "allowance.adjustment_approve": "批准补发或扣回",
        "allowance.adjustment_reject": "不批准补发或扣回",
        "allowance.headcount_answer": "班主任确认人数",
        "allowance.headcount_resolve": "处理人数异议",
        "allowance.detect": "核对历史变更",
        "allowance.export": "导出津贴表",
    }
)
labels.add_fields(
    {
        "total_fen": "合计",
        "school_fen": "学校承担",
        "college_fen": "学院承担",
        "people": "人数",
        "found": "差额数",
        "digest": "校验",
        "warnings": "提示",
        "sheets": "月表",
        "sheet": "月表",
        "headcount": "基准人数",
        "agreed": "认可",
        "objection": "异议",
        "amount_fen": "差额",
    }
)
labels.add_values("warnings", {str(code): str(label) for code, label in WarningCode.choices})
