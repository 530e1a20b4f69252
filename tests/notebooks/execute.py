"""Executes a notebook with Jupyter's own client in the project's kernel, and writes it with its outputs.

Usage: execute.py NOTEBOOK EXECUTED FOLDER, where FOLDER is where the kernel runs. Ends with status 1
after the first cell that fails; what was executed until then is written all the same.
"""

import subprocess
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

# Seconds that one cell may take.
TIMEOUT = 3600


class FailingClient(NotebookClient):
    """A client that also fails after an error output alone: the last value could not show itself."""

    async def _check_raise_for_error(self, cell, cell_index, exec_reply):
        await super()._check_raise_for_error(cell, cell_index, exec_reply)
        for output in cell.outputs:
            if output.output_type == "error":
                raise CellExecutionError(cell.source, output.ename, output.evalue)


def main(source, target, folder):
    notebook = nbformat.read(source, as_version=4)
    resources = {"metadata": {"path": folder}}
    client = FailingClient(notebook, kernel_name="deno", timeout=TIMEOUT, resources=resources)
    try:
        # The kernel calls itself unstable there.
        client.execute(stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        number = next(
            number
            for number, cell in enumerate(notebook.cells, 1)
            if any(output.output_type == "error" for output in cell.get("outputs", []))
        )
        print(f"{source}, cell {number}: {error.ename}: {error.evalue}", file=sys.stderr)
        return 1
    finally:
        nbformat.write(notebook, target)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
