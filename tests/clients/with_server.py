"""Runs a command beside a server that it starts on a free port of the loopback and stops again.

    with_server.py PROGRAM COMMAND [ARGUMENT…]

The server has the demonstration data, a superadmin, and its files in a temporary folder. The command finds it by
ATALAYA_URL, and who may log in by ATALAYA_ADMIN, ATALAYA_SUPERADMIN and their passwords.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

# A busy machine needs its time for the demonstration data; nobody waits so long otherwise.
READY_WITHIN_SECONDS = 300
USERS = {
    "ATALAYA_ADMIN": "admin_interbank",
    "ATALAYA_ADMIN_PASSWORD": "password123",
    "ATALAYA_SUPERADMIN": "operador",
    "ATALAYA_SUPERADMIN_PASSWORD": "Una-Clave-2026",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def settings(folder: str, port: int) -> dict[str, str]:
    # Nothing of the machine's own settings of the program, and no limit that many requests would meet.
    own = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return own | {
        "ENVIRONMENT": "development",
        "DATABASE_URL": f"sqlite://{folder}/atalaya.db",
        "BIND_ADDRESS": f"127.0.0.1:{port}",
        "METRICS_ADDRESS": f"127.0.0.1:{free_port()}",
        "BCRYPT_ROUNDS": "4",
        "RATE_LIMIT_PER_MINUTE": "1000000",
        "LOGIN_RATE_LIMIT_PER_MINUTE": "1000000",
        "QUOTA_COMPANY": "none",
        "MAX_LOGIN_ATTEMPTS": "1000",
        # One login has to do for a run of any length.
        "JWT_ACCESS_TOKEN_EXPIRE_MINUTES": "1440",
        "SESSION_IDLE_MINUTES": "1440",
        "LOG_LEVEL": "warn",
    }


def is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health/ready", timeout=5) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as answer:
        # A machine whose disk is nearly full may still be tested on.
        return answer.code == 503 and b"disk_space" in answer.read()
    except OSError:
        return False


def wait_until_ready(server: subprocess.Popen[bytes], url: str) -> None:
    end = time.monotonic() + READY_WITHIN_SECONDS
    while not is_ready(url):
        if server.poll() is not None:
            sys.exit(f"the server ended with status {server.returncode}")
        if time.monotonic() > end:
            sys.exit(f"the server was not ready within {READY_WITHIN_SECONDS} s")
        time.sleep(0.2)


def stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=60)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def main(program: str, command: list[str]) -> int:
    # So that the server is stopped too when this is.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="atalaya-clients-") as folder:
        port = free_port()
        environment, url = settings(folder, port), f"http://127.0.0.1:{port}"
        with open(f"{folder}/printed", "wb") as printed:
            server = subprocess.Popen([program, "serve"], env=environment, cwd=folder, stdout=printed, stderr=printed)
        try:
            wait_until_ready(server, url)
            create = [program, "user", "create", USERS["ATALAYA_SUPERADMIN"], "--superadmin"]
            password = USERS["ATALAYA_SUPERADMIN_PASSWORD"].encode() + b"\n"
            subprocess.run(create, env=environment, cwd=folder, input=password, check=True, stdout=subprocess.DEVNULL)
            status = subprocess.run(command, env=os.environ | USERS | {"ATALAYA_URL": url}, check=False).returncode
            if server.poll() is not None:
                print(f"the server ended by itself with status {server.returncode}", file=sys.stderr)
                status = status or 1
        finally:
            stop(server)
        if status != 0:
            with open(f"{folder}/printed", encoding="utf-8", errors="replace") as printed_text:
                print("The server said at last:\n", *printed_text.readlines()[-20:], sep="", file=sys.stderr)
        return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
