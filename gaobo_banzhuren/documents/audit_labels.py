"""Chinese names of what this app writes into the audit log."""

from gaobo_banzhuren.audit import labels

labels.add_area("documents", "附件")
labels.add_actions({"documents.store": "上传附件", "documents.open": "打开附件"})
labels.add_fields({"purpose": "用途", "type": "类型", "size": "大小（字节）", "sha256": "校验值"})
