//! People, their roles, and requests over HTTP. Numbers 700 to 759.

macro_rules! people_rows {
    ($next:ident $($then:ident)*; $($rows:tt)*) => { $next! { $($then)*; $($rows)*
    700 UserUnknown "user.unknown" NotFound {
        en: "No user {}.",
        fix: "See `dukou user list`.",
        zh: "没有用户 {}。",
        办法: "请看 `dukou user list`。",
    }
    701 UserExists "user.exists" State {
        en: "There is already a user {}.",
        fix: "Choose another name; a name is never given to somebody else.",
        zh: "用户 {} 已存在。",
        办法: "请换一个名字;用过的名字不再给别人。",
    }
    702 UserName "user.name" Validation {
        en: "This cannot be the name of a user.",
        fix: "Use 2 to 32 letters, digits, dots, hyphens or Chinese characters, without blanks.",
        zh: "这不能作为用户名。",
        办法: "请用 2 至 32 个字母、数字、点、短横或汉字,不含空格。",
    }
    703 UserScope "user.scope" Validation {
        en: "The role {} is for the whole region and takes no organisation.",
        fix: "Leave the organisation out.",
        zh: "角色 {} 面向全地区,不能限定组织。",
        办法: "请不要指定组织。",
    }
    704 UserLastAdmin "user.last_admin" State {
        en: "{} is the last administrator who can sign in.",
        fix: "Add another administrator first.",
        zh: "{} 是最后一个能登录的管理员。",
        办法: "请先增加另一个管理员。",
    }
    705 PasswordWeak "password.weak" Validation {
        en: "The password is too easy to guess: {}.",
        fix: "Use at least 12 characters that are not a common password, a row or the name.",
        zh: "密码太容易猜到:{}。",
        办法: "请至少用 12 个字符,不要用常见密码、连续字符或名字。",
    }
    706 RoleUnknown "role.unknown" Validation {
        en: "No role {}.",
        fix: "Use viewer, clerk, approver, admin or auditor.",
        zh: "没有角色 {}。",
        办法: "请用 viewer、clerk、approver、admin 或 auditor。",
    }
    707 TokenUnknown "token.unknown" NotFound {
        en: "No token {}.",
        fix: "See `dukou token list`.",
        zh: "没有令牌 {}。",
        办法: "请看 `dukou token list`。",
    }
    708 SessionUnknown "session.unknown" NotFound {
        en: "No session {}.",
        fix: "List the sessions again: it may have ended.",
        zh: "没有会话 {}。",
        办法: "请重新列出会话:它可能已结束。",
    }
    709 SignInNeeded "auth.required" NotPermitted {
        en: "This needs a token or a session that is still good.",
        fix: "Sign in again, or send `Authorization: Bearer TOKEN`.",
        zh: "需要有效的令牌或登录。",
        办法: "请重新登录,或发送 `Authorization: Bearer 令牌`。",
    }
    710 SignInFailed "auth.failed" NotPermitted {
        en: "Name or password is wrong.",
        fix: "Try again; an administrator can set a new password with `dukou user password`.",
        zh: "用户名或密码不对。",
        办法: "请重试;管理员可用 `dukou user password` 重设密码。",
    }
    711 SignInThrottled "auth.throttled" NotPermitted {
        en: "Too many attempts failed: try again in {} seconds.",
        fix: "Wait; nobody is locked out.",
        zh: "失败次数过多:请在 {} 秒后再试。",
        办法: "请稍候;账户不会被锁定。",
    }
    712 SetupClosed "setup.closed" State {
        en: "The set-up link is used up, expired, or not of this node.",
        fix: "Restart `dukou serve` for a new one, or use `dukou user add`.",
        zh: "初始设置链接已用过、已过期,或不属于本节点。",
        办法: "请重启 `dukou serve` 取得新链接,或用 `dukou user add`。",
    }
    713 AuditBroken "audit.broken" Trust {
        en: "The audit log does not hold at line {}.",
        fix: "Keep this database, and compare with the last export or backup.",
        zh: "审计日志在第 {} 行对不上。",
        办法: "请保留此数据库,并与最近的导出或备份比对。",
    }
    } };
}
pub(super) use people_rows;
