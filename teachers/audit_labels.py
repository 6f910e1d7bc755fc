"""What the appointment side of chapter 1 writes into the log."""

from gaobo_banzhuren.audit import labels

labels.add_area("teachers", "班主任与班级")
labels.add_actions(
    {
        "teachers.appoint": "聘任班主任",
        "teachers.appoint_acting": "聘任代理班主任",
        "teachers.end": "结束聘任",
        "teachers.renew": "续聘",
        "teachers.void": "聘任作废",
        "teachers.correct": "更正聘任",
        "teachers.file": "聘任备案",
        "teachers.filing_questioned": "备案退问",
        "teachers.filing_answered": "答复退问",
        "teachers.nominate": "提名班主任",
        "teachers.nomination_conditions": "填写选聘条件",
        "teachers.nomination_submit": "提交提名",
        "teachers.nomination_approve": "同意提名",
        "teachers.nomination_reject": "不同意提名",
        "teachers.nomination_withdraw": "撤回提名",
        "teachers.handover": "发起班级交接",
        "teachers.handover_out": "交接：移交方离任",
        "teachers.handover_in": "交接：接收方到任",
        "teachers.handover_items": "填写交接清单",
        "teachers.handover_confirm": "确认交接",
        "teachers.handover_cancel": "取消交接",
        "teachers.handover_cancel_out": "取消交接：移交方恢复在岗",
        "teachers.handover_cancel_in": "取消交接：接收方聘任作废",
        "teachers.dismissal_propose": "提出解聘",
        "teachers.dismissal_statement": "本人陈述意见",
        "teachers.dismissal_decide": "登记解聘决定",
        "teachers.dismissal_reject": "不予解聘",
        "teachers.dismissal_withdraw": "撤回解聘",
        "teachers.dismissed": "因解聘离任",
        "teachers.leave": "登记班主任请假",
        "teachers.leave_stand_in": "改派代班人",
        "teachers.leave_cancel": "撤销请假",
    }
)
labels.add_fields(
    {
        "school_class_id": "班级编号",
        "teacher_id": "班主任编号",
        "planned_end_on": "聘期至",
        "end_reason": "结束原因",
        "share": "分担人数",
        "filed_on": "备案日期",
        "filing_no": "备案编号",
        "effective_on": "生效日期",
        "decision_no": "决定文号",
        "ground": "事由",
        "statement": "本人陈述",
        "facts": "事实",
        "stand_in_id": "代班人编号",
        "takes_over_on": "接任日期",
    }
)
