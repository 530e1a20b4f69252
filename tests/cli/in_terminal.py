"""Runs a command in a terminal of its own: in_terminal.py COLUMNS SEEN COMMAND ... Its output goes to stdout, raw.

Types Ctrl-C once the regular expression SEEN (none if it is empty) has been printed, and a moment later.
"""

import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time

columns, seen, command = int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3:]
process, terminal = pty.fork()
if process == 0:
    # The size must be known before the command asks for it.
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    os.execvp(command[0], command)
printed = b""
while True:
    if not select.select([terminal], [], [], 1)[0]:
        continue
    try:
        part = os.read(terminal, 65536)
    except OSError:  # Linux's end of a terminal.
        break
    if not part:
        break
    printed += part
    if seen and re.search(seen, printed):
        seen = b""
        time.sleep(0.3)
        os.write(terminal, b"\x03")
sys.stdout.buffer.write(printed)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
