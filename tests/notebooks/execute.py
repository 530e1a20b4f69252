"""Executes a notebook in Jupyter's Deno kernel and writes it with its outputs.

Usage: execute.py NOTEBOOK EXECUTED FOLDER, where FOLDER is where the kernel runs. Ends with status 1
after the first cell that fails; what was executed until then is written all the same.

Jupyter's own client is not enough: this kernel may send a cell's last outputs after it says that it
is idle, and says nothing of a syntax error or a failed import but in its reply.
"""

import subprocess
import sys
from queue import Empty

import nbformat
from jupyter_client.utils import ensure_async
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, CellExecutionError

# Seconds without a message after which an idle kernel has said all.
QUIET = 0.25

# Seconds that one cell may take.
TIMEOUT = 3600


class DenoClient(NotebookClient):
    """A client that loses neither outputs nor errors."""

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        idle = False
        while True:
            try:
                timeout = QUIET if idle else None
                message = await ensure_async(self.kc.iopub_channel.get_msg(timeout=timeout))
            except Empty:
                return
            if message["parent_header"].get("msg_id") != parent_msg_id:
                continue
            try:
                self.process_message(message, cell, cell_index)
            except CellExecutionComplete:
                idle = True

    async def _check_raise_for_error(self, cell, cell_index, exec_reply):
        content = (exec_reply or {}).get("content", {})
        silent = not any(output.output_type == "error" for output in cell.outputs)
        if content.get("status") == "error" and silent:
            cell.outputs.append(
                nbformat.v4.new_output(
                    "error",
                    ename=content.get("ename") or "Error",
                    evalue=f"{content.get('evalue')} (a syntax error, or an import that fails)",
                    traceback=content.get("traceback") or [],
                )
            )
        # A cell may also fail with an output alone: its last value could not show itself.
        for output in cell.outputs:
            if output.output_type == "error":
                raise CellExecutionError(cell.source, output.ename, output.evalue)


def main(source, target, folder):
    notebook = nbformat.read(source, as_version=4)
    client = DenoClient(
        notebook,
        kernel_name="deno",
        timeout=TIMEOUT,
        resources={"metadata": {"path": folder}},
    )
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
