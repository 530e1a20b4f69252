"""The signatures and comments of the library's exported names, which Shift+Tab shows."""

import asyncio
import json
import os
import re
from pathlib import Path

PROJECT = Path(__file__).parents[3]
DECLARATION = re.compile(r"(?:function\*?|class|interface|const|type|namespace|enum) ([\w$]+)")
WORD = re.compile(r"[\w$]+")


class Documentation:
    """What `deno doc` says. It takes seconds, so it is called for the first question only."""

    def __init__(self, deno):
        self.deno = deno
        self.reading = None

    async def find(self, code, cursor):
        """Returns the text for the name at a cursor, or for the function whose call is around it."""
        if not names_at(code, cursor):
            return None
        self.reading = self.reading or asyncio.create_task(self.read())
        # Another question must not end with this one's client.
        texts = await asyncio.shield(self.reading)
        return next((texts[name] for name in names_at(code, cursor) if name in texts), None)

    async def read(self):
        exports = json.loads((PROJECT / "deno.json").read_text())["exports"]
        process = await asyncio.create_subprocess_exec(
            *[self.deno, "doc", "--quiet", *exports.values()],
            cwd=PROJECT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "NO_COLOR": "1"},
        )
        output, _ = await process.communicate()
        return parse(output.decode())


def parse(text):
    """Returns the texts of `deno doc` by name; a name's first text is that of `vgg` itself."""
    texts = {}
    for block in re.split(r"^Defined in .*\n", text, flags=re.MULTILINE)[1:]:
        block = re.sub(r"\{@link(?:code)? ([^}]+)\}", r"\1", block.strip())
        declared = DECLARATION.search(block.split("\n", 1)[0])
        if declared:
            texts.setdefault(declared[1], block)
    return texts


def names_at(code, cursor):
    """Returns the word at a cursor, then the names of the calls around it, the innermost first."""
    places = [match for match in WORD.finditer(code) if match.start() <= cursor <= match.end()]
    depth = 0
    for at in range(cursor - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(code[at], 0)
        if depth < 0:
            depth = 0
            places += [match for match in WORD.finditer(code) if match.end() == at]
    # A member of some object may have the name of one of the library's functions.
    return [match[0] for match in places if code[match.start() - 1 : match.start()] != "."]
