"""Every change to people, roles, codes and passwords. `actor` is None only for a command run on the server."""

from .codes import IssuedCode, issue_code, issue_codes
from .colleges import create_college, rename_college, set_college_active
from .grants import end_grant, grant_role
from .passwords import change_password, sign_out_everywhere
from .people import PersonSpec, activate, create_people, create_person, deactivate, unlock, update_person
from .sign_in import SignInResult, sign_in, sign_out

__all__ = [
    "IssuedCode",
    "PersonSpec",
    "SignInResult",
    "activate",
    "change_password",
    "create_college",
    "create_people",
    "create_person",
    "deactivate",
    "end_grant",
    "grant_role",
    "issue_code",
    "issue_codes",
    "rename_college",
    "set_college_active",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "unlock",
    "update_person",
]
