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
        "duties.handbook_export": "导出工作手册",
        "duties.record_read": "查阅保密内容",
        "duties.record_files": "添加附件",
        "duties.records_export": "导出工作记录",
    }
)
labels.add_actions(
    {
        "duties.attendance_call": "点名",
        "duties.attendance_call_many": "登记多次点名",
        "duties.attendance_correct": "更正点名",
        "duties.attendance_void": "作废点名",
        "duties.attendance_export": "导出考勤表",
        "duties.leave_ask": "登记学生请假",
        "duties.leave_approved": "准假",
        "duties.leave_refused": "不准假",
        "duties.leave_returned": "销假",
        "duties.leave_voided": "作废请假单",
        "duties.leave_apply": "按请假单更正点名",
    }
)
labels.add_actions(
    {
        "duties.fee_period": "设置缴费期",
        "duties.fee_dues": "批量登记应缴",
        "duties.fee_payment": "登记缴费",
        "duties.fee_waive": "减免",
        "duties.fee_exempt": "免缴",
        "duties.fee_defer": "缓缴",
        "duties.fee_reason": "登记欠费原因",
        "duties.phone_confirm": "确认家长电话",
        "duties.award_propose": "推荐优秀毕业生",
        "duties.award_change": "修改优秀毕业生推荐",
        "duties.award_submit": "上报优秀毕业生",
        "duties.award_approved": "同意优秀毕业生",
        "duties.award_refused": "不同意优秀毕业生",
        "duties.award_withdraw": "撤回优秀毕业生推荐",
        "duties.appraisal_save": "填写毕业生鉴定",
        "duties.appraisal_mark": "批量登记鉴定进度",
        "duties.appraisal_print": "打印毕业生鉴定",
        "duties.departure_item": "登记离校事项",
        "duties.departure_clear": "撤销离校事项",
    }
)
labels.add_actions(
    {
        "duties.exam_export": "导出成绩统计",
        "duties.course_add": "新增课程",
        "duties.course_change": "修改课程",
        "duties.exam_session_add": "新增考试场次",
        "duties.exam_session_change": "修改考试场次",
        "duties.registration_plan": "列出应报名单",
        "duties.registration_change": "登记考试报名",
        "duties.registration_check": "核对考试报名",
        "duties.registration_remove": "移出应报名单",
        "duties.registration_list": "导入考试报名",
        "duties.result_list": "登记成绩",
        "duties.result_correct": "更正成绩",
        "duties.result_remove": "删除成绩",
        "duties.weak_course_list": "列入薄弱课程",
        "duties.weak_course_help": "登记薄弱课程帮助",
        "duties.weak_course_unlist": "移除薄弱课程",
        "duties.weak_student_list": "列入后进学生",
        "duties.weak_student_remove": "移出后进学生",
        "duties.exam_affair_plan": "布置考务",
        "duties.exam_affair_done": "登记考务完成",
        "duties.exam_affair_change": "修改考务事项",
        "duties.exam_affair_cancel": "撤销考务事项",
    }
)
labels.add_actions(
    {
        "duties.task_give": "布置任务",
        "duties.task_accept": "接收任务",
        "duties.task_report": "上报任务",
        "duties.task_return": "退回任务上报",
        "duties.task_close": "办结任务",
        "duties.task_cancel": "撤销任务",
        "duties.meeting_call": "召集班主任会议",
        "duties.meeting_note": "登记会议出席",
        "duties.meeting_cancel": "取消班主任会议",
        "duties.paper_due": "设定计划与总结的期限",
        "duties.paper_submit": "提交计划或总结",
        "duties.paper_withdraw": "撤回计划或总结",
        "duties.paper_return": "退回计划或总结",
        "duties.paper_review": "审阅计划或总结",
        "duties.post_appoint": "登记班委",
        "duties.post_change": "修改班委职责",
        "duties.post_end": "班委卸任",
        "duties.special_mark": "标记特殊学生",
        "duties.special_change": "调整特殊学生标记",
        "duties.special_lift": "解除特殊学生标记",
        "duties.special_read": "查阅特殊学生说明",
        "duties.talk_plan": "制定谈话计划",
        "duties.talk_unplan": "调整谈话计划",
    }
)
labels.add_actions({"duties.remind": "提醒班主任", "duties.reminder_done": "收起提醒"})
labels.add_actions({"duties.targets": "设定自定目标"})
labels.add_actions({"duties.import": "导入工作数据", "duties.import_undo": "撤销工作数据导入"})
