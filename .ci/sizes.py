"""No file and no function grows past what one can read in one go."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

LINES = {".py": 300, ".html": 300, ".css": 300, ".js": 300}
TEST_LINES = 400
FUNCTION_LINES = 50
# Handed to outsiders as one file that needs nothing else.
ALONE = {"allocations/verifier/verify_bundle.py": 410}


def main() -> int:
    """Print every file and function that is too long; return the exit code."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], capture_output=True, check=True)
    paths = [Path(name) for name in listed.stdout.decode().split("\0") if name]
    problems = [problem for path in paths if path.is_file() for problem in _problems(path)]
    sys.stdout.writelines(f"{problem}\n" for problem in problems)
    return bool(problems)


def _problems(path: Path) -> Iterator[str]:
    limit = LINES.get(path.suffix)
    if limit is None or "migrations" in path.parts:
        return
    text = path.read_text()
    most = ALONE.get(str(path)) or (TEST_LINES if path.parts[0] == "tests" else limit)
    if (lines := len(text.splitlines())) > most:
        yield f"{path}: {lines} lines; the most is {most}. Split it by concept."
    if path.suffix == ".py":
        yield from _long_functions(path, text)


def _long_functions(path: Path, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {lines} lines; the most is {FUNCTION_LINES}."


if __name__ == "__main__":
    sys.exit(main())
