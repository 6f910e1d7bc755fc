"""What the foundation writes into the log itself."""

from . import labels

labels.add_area("audit", "审计")
labels.add_actions({"audit.export": "导出审计记录", "audit.anchor": "登记链尾"})
