"""What accounts write into the log."""

from gaobo_banzhuren.audit import labels

labels.add_area("accounts", "账号")
labels.add_actions(
    {
        "accounts.create": "建立账号",
        "accounts.create_many": "批量建立账号",
        "accounts.update": "修改资料",
        "accounts.deactivate": "停用账号",
        "accounts.activate": "启用账号",
        "accounts.unlock": "解除登录锁定",
        "accounts.grant": "授予角色",
        "accounts.end_grant": "结束授权",
        "accounts.issue_code": "发一次性登录码",
        "accounts.change_password": "修改密码",
        "accounts.sign_in": "登录",
        "accounts.sign_in_locked": "登录被锁定",
        "accounts.sign_out": "退出登录",
        "accounts.sign_out_everywhere": "退出所有设备",
        "accounts.create_college": "新建学院",
        "accounts.rename_college": "学院改名",
        "accounts.purge_sign_ins": "清除过期登录记录",
        "accounts.college_state": "学院启用或停用",
    }
)
