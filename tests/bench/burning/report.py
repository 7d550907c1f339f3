"""Figures, and whether they are as good as they should be."""


class Report:
    def __init__(self):
        self.met, self.missed = 0, []

    @staticmethod
    def heading(text):
        print(f"\n{text}", flush=True)

    @staticmethod
    def figure(name, taken, ours=None):
        ratio = f"   {taken.seconds / ours.seconds:5.2f} times ours" if ours else ""
        print(f"  {name:44} {taken.seconds:8.2f} s   peak {taken.peak:4.0f} MiB{ratio}", flush=True)

    @staticmethod
    def note(text):
        print(f"  {text}", flush=True)

    def at_most(self, what, value, target, unit="times"):
        self.judge(what, value, target, unit, "at most", value <= target)

    def at_least(self, what, value, target, unit="times"):
        self.judge(what, value, target, unit, "at least", value >= target)

    def judge(self, what, value, target, unit, kind, is_met):
        print(f"  {'met ' if is_met else 'MISS'}  {what}: {value:.2f} {unit}, wanted {kind} {target:.2f}", flush=True)
        if is_met:
            self.met += 1
        else:
            self.missed.append(what)

    def conclude(self):
        print(f"\n{self.met} targets met, {len(self.missed)} missed" + "".join(f"\n  missed: {what}" for what in self.missed))
