"""Types what docs/api.md says to type, block after block in one shell, and holds the answers against the page.

    with_server.py PROGRAM python api_page.py docs/api.md

The block of JSON that follows a block of commands is their last answer: an error answers with the same status and code,
and every member that the page shows is in what was answered. `run.sh` runs it.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCKS = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MEMBER = re.compile(r'"([A-Za-z_]\w*)":')
END = "\x1e"
# The stream of a session ends with the session only: what it says first has to do.
SHELL = """
curl() {
    local rc=0
    case "$*" in */session/events*) command curl --max-time 3 "$@" || rc=$? ;; *) command curl --max-time 120 "$@" || rc=$? ;; esac
    [ "$rc" = 0 ] || [ "$rc" = 28 ]
}
"""


def blocks(page: str) -> list[tuple[int, str, str | None]]:
    """The commands, each with its line and the JSON that the page shows as their answer."""
    found = list(BLOCKS.finditer(page))
    commands = []
    for index, block in enumerate(found):
        if block[1] != "sh":
            continue
        after = found[index + 1] if index + 1 < len(found) else None
        follows = after is not None and after[1] == "json" and not page[block.end() : after.start()].strip()
        commands.append((page[: block.start()].count("\n") + 1, block[2], after[2] if after and follows else None))
    return commands


def wrong(answer: str, shown: str | None) -> str | None:
    """What is wrong with an answer, in words."""
    if shown is None or '"error_code"' not in shown or '"status": 2' in shown:
        if '"type":"/problems/' in answer:
            return "it was refused"
    for member in ("status", "error_code"):
        told = re.search(rf'^  "{member}": ([^,\n]*)', shown or "", re.MULTILINE)
        if told and f'"{member}":{told[1]}' not in answer:
            return f"its {member} is not {told[1]}"
    missing = sorted({name for name in MEMBER.findall(shown or "") if f'"{name}":' not in answer})
    return f"it has no {', '.join(missing)}" if missing else None


def main() -> None:
    page = Path(sys.argv[1]).read_text(encoding="utf-8")
    root = Path.cwd()
    commands = blocks(page.replace("http://localhost:8000", os.environ["ATALAYA_URL"]))
    script = SHELL + "".join(f"{typed}\nprintf '{END}'\n" for _, typed, _ in commands)
    with tempfile.TemporaryDirectory() as folder:
        # What is typed leaves files behind, and reads some of the repository.
        os.symlink(root / "tests", Path(folder) / "tests")
        run = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=folder, capture_output=True, text=True, check=False
        )
    answers = run.stdout.split(END)
    faults = []
    for (line, typed, shown), answer in zip(commands, answers, strict=False):
        fault = wrong(answer, shown)
        if fault:
            faults.append(f"{sys.argv[1]}:{line}: {fault}\n{typed}{answer.strip()}\n")
    if run.returncode:
        line, typed, _ = commands[min(len(answers), len(commands)) - 1]
        faults.append(f"{sys.argv[1]}:{line}: the shell ended with {run.returncode}\n{typed}{run.stderr}")
    if faults:
        sys.exit("\n".join(faults))
    print(f"{len(commands)} blocks of {sys.argv[1]} answered as they say")


main()
