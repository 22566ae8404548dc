"""What the tests of tests/interop share: counting, running tbc, files of a moment."""

import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import traceback

BIN = pathlib.Path(os.environ["TBC_BIN_DIR"])
SOURCE = pathlib.Path(os.environ["TBC_SOURCE_DIR"])
PACKAGES = pathlib.Path(os.environ["TBC_INTEROP"]) / "node_modules"


class Checks:
    """Counts, and prints what ./dev test reads: FAILED lines and the sum."""

    def __init__(self, suite):
        self.suite, self.passed, self.failed = suite, 0, 0

    def that(self, name, ok, otherwise=""):
        if ok:
            self.passed += 1
            print(f"ok {self.suite}: {name}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED {self.suite}: {name}\n    {otherwise}", flush=True)

    def equal(self, name, got, wanted):
        self.that(name, got == wanted, f"got {got!r}, wanted {wanted!r}")

    @contextlib.contextmanager
    def part(self, name):
        """An exception is a failure of its part, and the next part still runs."""
        try:
            yield
        except Exception as e:  # pylint: disable=broad-except
            where = traceback.extract_tb(e.__traceback__)[-1]
            place = f"{pathlib.Path(where.filename).name}:{where.lineno}"
            self.that(name, False, f"{type(e).__name__}: {e} ({place})")

    def finish(self):
        print(f"tests: {self.passed} passed, {self.failed} failed, 0 skipped")
        sys.exit(0 if self.failed == 0 and self.passed > 0 else 1)


def missing(suite, what):
    """A stack that is not there is a failure: nothing would be tested without a word."""
    print(f"FAILED {suite}: {what} is missing: ./dev deps installs it")
    print("tests: 0 passed, 1 failed, 0 skipped")
    sys.exit(1)


def run(*command, stdin=b"", env=None):
    """Exit code, standard output, standard error."""
    done = subprocess.run(
        [str(c) for c in command],
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, **(env or {})},
    )
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def tbc(*arguments, stdin=b"", env=None):
    return run(BIN / "tbc", *arguments, stdin=stdin, env=env)


def must(*command, env=None):
    """Standard output of a command that is only preparation."""
    code, out, err = run(*command, env=env)
    if code != 0:
        raise RuntimeError(f"{pathlib.Path(command[0]).name} {command[1]}: exit {code}: {err.strip()}")
    return out


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="tbc-interop-") as name:
        yield pathlib.Path(name)


def write(path, contents):
    path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
    return path
