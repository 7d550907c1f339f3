"""What the console tells of first boot, when the journal is forwarded to it. Pure functions on text."""

import re

# journald writes the time of the guest's monotonic clock before each line; systemd's and first boot's lines go there.
FORWARD = "systemd.journald.forward_to_console=1"

_EVENT = re.compile(rb"\[ *(\d+\.\d+)\] systemd\[1\]: (Starting|Finished) kraken-(firstboot|network)\.service")
# journald may read a service's first lines before systemd's word that it was started.
_FIRST_LINE = re.compile(rb"\[ *(\d+\.\d+)\] kraken-firstboot\[")
# On the console, and in the log that first boot keeps.
_STEP = re.compile(rb"(?:kraken-firstboot: |Z [0-9a-f-]+ )([a-z0-9-]+): "
                   rb"(to be done for this boot|to be done|done|failed|impossible|put off|nothing to do|"
                   rb"not available here|unavailable): ([^\r\n]*)")

# First boot's parts, each with the event that it begins with; the time before has none.
_BEGINNINGS = {"early": (b"Starting", b"firstboot"), "between": (b"Finished", b"firstboot"),
              "network": (b"Starting", b"network"), "after": (b"Finished", b"network")}


def beginnings(text):
    """Part to the second of the guest's clock that it begins at, for the parts that TEXT has come to."""
    seconds = {(found[2], found[3]): float(found[1]) for found in reversed(list(_EVENT.finditer(text)))}
    first_line = _FIRST_LINE.search(text)
    if first_line:
        event = _BEGINNINGS["early"]
        seconds[event] = min(float(first_line[1]), seconds.get(event, float("inf")))
    return {part: seconds[event] for part, event in _BEGINNINGS.items() if event in seconds}


def step_lines(text):
    """Every (step, state, detail) in order, as first boot logs its plan and its results."""
    return [tuple(word.decode(errors="replace") for word in found) for found in _STEP.findall(text)]


def second_of_step(text, step, state):
    """When the guest's clock showed that line first."""
    found = re.search(rb"\[ *(\d+\.\d+)\] [^\r\n]*kraken-firstboot: %s: %s: " % (step.encode(), state.encode()), text)
    if not found:
        raise ValueError(f"the console has no line \"{step}: {state}\"")
    return float(found[1])


def done_with_effect(text):
    """Steps that had something lasting to do, and did it."""
    planned, done = set(), set()
    for step, state, _ in step_lines(text):
        if state == "to be done":
            planned.add(step)
        elif state == "done" and step in planned:
            done.add(step)
    return done
