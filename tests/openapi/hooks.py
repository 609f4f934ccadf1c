"""Who asks: an administrator of a bank, and a superadmin where only one of those may."""

import os
import threading
from typing import Any

import requests
import schemathesis

URL = os.environ["ATALAYA_URL"]
# Each of these may end the session that it is asked with.
ENDING = {
    ("POST", "/auth/logout"),
    ("POST", "/auth/refresh"),
    ("POST", "/auth/change-password"),
    ("DELETE", "/auth/sessions"),
    ("DELETE", "/auth/sessions/{id}"),
    ("DELETE", "/auth/users/{id}/sessions"),
    ("DELETE", "/auth/users/{id}/sessions/{session}"),
}


def log_in(who: str) -> dict[str, Any]:
    body = {"username": os.environ[who], "password": os.environ[f"{who}_PASSWORD"], "refresh": "none"}
    answer = requests.post(f"{URL}/auth/login", json=body, timeout=60)
    answer.raise_for_status()
    return dict(answer.json())


def token(who: str) -> str:
    return str(log_in(who)["access_token"])


def prepare() -> tuple[int, int]:
    """A company, and an account and a user of the bank, that may be changed at will; the ids of company and user."""
    headers = {"Authorization": f"Bearer {token('ATALAYA_SUPERADMIN')}"}
    company = requests.post(f"{URL}/companies", json={"empresa_nombre": "Banco Cambiante"}, headers=headers, timeout=60)
    company.raise_for_status()
    admin = log_in("ATALAYA_ADMIN")
    headers = {"Authorization": f"Bearer {admin['access_token']}"}
    account = {"cuenta": "borrable", "nombre": "Borrable"}
    requests.post(f"{URL}/accounts", json=account, headers=headers, timeout=60).raise_for_status()
    user = {"username": "cambiante", "password": "Una-Clave-2026", "empresa_id": admin["empresa_id"]}
    answer = requests.post(f"{URL}/auth/register", json=user, headers=headers, timeout=60)
    answer.raise_for_status()
    return int(company.json()["empresa_id"]), int(answer.json()["id_usuario"])


COMPANY, USER = prepare()
tokens = threading.local()


@schemathesis.auth(refresh_interval=None)
class Login:
    def get(self, case: Any, context: Any) -> str:
        of_platform = case.operation.path.startswith(("/companies", "/installation"))
        who = "ATALAYA_SUPERADMIN" if of_platform else "ATALAYA_ADMIN"
        if (case.method, case.operation.path) in ENDING:
            return token(who)
        if not hasattr(tokens, who):
            setattr(tokens, who, token(who))
        return str(getattr(tokens, who))

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context: Any, case: Any, **_: Any) -> None:
    """Whatever user or company an allowed request names is one that there is, and never those who ask."""
    parts = case.path_parameters or {}
    named = str(parts.get("id", ""))
    if named.isdecimal() and int(named) > 0:
        if case.operation.path.startswith("/auth/users/{id}"):
            parts["id"] = USER
        elif case.operation.path.startswith("/companies/{id}"):
            parts["id"] = COMPANY
