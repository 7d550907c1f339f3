"""Programs on a terminal of their own."""

import fcntl
import os
import pty
import re
import struct
import termios

# How a question of kraken-image's ends.
QUESTION = re.compile(rb"(: |\[yes/no\] |\[1-\d+\] )\Z")


def on_terminal(words, answers=(), columns=100):
    """Answers a program's questions, one after the other: its exit status, and all that it showed."""
    answers = list(answers)
    child, terminal = pty.fork()
    if child == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
        os.execv(words[0], [str(w) for w in words])
    shown = b""
    try:
        while got := os.read(terminal, 4096):
            shown += got
            if answers and QUESTION.search(shown):
                os.write(terminal, answers.pop(0).encode() + b"\n")
    except OSError:
        pass  # EIO: the other side has closed
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode()


def screen_of(shown):
    """What is left on the screen, line by line: of what a terminal can do, that which kraken-image uses."""
    lines, row, column = [""], 0, 0
    for part in re.findall(r"\033\[(?:\d*A|J|K)|[\r\n]|[^\033\r\n]+", shown):
        if part == "\r":
            column = 0
        elif part == "\n":
            row += 1
            if row == len(lines):
                lines.append("")
        elif part.endswith("A") and part[0] == "\033":
            row -= int(part[2:-1] or 1)
        elif part in ("\033[J", "\033[K"):
            lines[row] = lines[row][:column]
            if part == "\033[J":
                del lines[row + 1:]
        else:
            lines[row] = lines[row][:column].ljust(column) + part + lines[row][column + len(part):]
            column += len(part)
    return lines
