"""Counts what was checked, and says at once what failed."""


class Checks:
    def __init__(self, quiet=False):
        """QUIET: only failures are printed."""
        self._quiet = quiet
        self.passed = 0
        self.failed = 0

    def check(self, name, good, detail=""):
        """Counts one check; DETAIL says what was found."""
        if good:
            self.passed += 1
        else:
            self.failed += 1
        note = f": {detail}" if detail and (not good or "\n" not in str(detail)) else ""
        if good and self._quiet:
            return True
        print(f"{'  ok  ' if good else '  FAIL'}  {name}{note}", flush=True)
        return bool(good)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed

    def summary(self):
        return f"{self.passed} passed, {self.failed} failed"
