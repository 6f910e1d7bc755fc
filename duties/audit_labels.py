"""What chapters 2 and 3 write into the log."""

from gaobo_banzhuren.audit import labels

labels.add_area("duties", "班主任工作")
labels.add_actions(
    {
        "duties.record_archive": "归档工作记录",
        "duties.records_archive": "批量归档工作记录",
        "duties.record_discard": "丢弃草稿",
        "duties.record_follow_up": "补充跟进",
        "duties.record_stage": "补充个案措施",
        "duties.record_correction": "更正工作记录",
        "duties.record_comment": "批注工作记录",
        "duties.record_answer": "回复批注",
        "duties.record_decision": "上报意见",
        "duties.record_void": "作废工作记录",
        "duties.record_close": "办结",
        "duties.record_confirmed": "认定",
        "duties.record_cancelled": "撤销认定",
        "duties.record_read": "查阅保密内容",
    }
)
