"""Executes cells in Jupyter's Deno kernel, and interrupts one as soon as it shows a certain text.

Usage: interrupt.py FOLDER CELLS, where CELLS is a list of {"source", "interruptAt"?} in JSON. Prints a
list of {"status", "texts"} in JSON, one a cell: how it ended, and all that it showed as plain text.
"""

import json
import subprocess
import sys
import time
from queue import Empty

from jupyter_client import KernelManager

# Seconds without a message after which an idle kernel has said all.
QUIET = 0.5
# Seconds that a cell may take.
TIMEOUT = 120


def execute(manager, client, source, interrupt_at):
    request = client.execute(source)
    texts, idle, started = [], False, time.monotonic()
    while time.monotonic() - started < TIMEOUT:
        try:
            message = client.get_iopub_msg(timeout=QUIET)
        except Empty:
            if idle:
                break
            continue
        if message["parent_header"].get("msg_id") != request:
            continue
        content = message["content"]
        if message["msg_type"] == "status":
            idle = content["execution_state"] == "idle"
        elif "data" in content:
            texts.append(content["data"].get("text/plain", ""))
        elif "evalue" in content:
            lines = " ".join(content["traceback"])
            texts.append(f"{content['ename']}: {content['evalue']} | {lines}")
        if interrupt_at and any(interrupt_at in text for text in texts[-1:]):
            manager.interrupt_kernel()
            interrupt_at = None
    reply = client.get_shell_msg(timeout=TIMEOUT)
    while reply["parent_header"].get("msg_id") != request:
        reply = client.get_shell_msg(timeout=TIMEOUT)
    return {"status": reply["content"]["status"], "texts": texts}


def main(folder, cells):
    manager = KernelManager(kernel_name="deno")
    manager.start_kernel(cwd=folder, stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=TIMEOUT)
        print(
            json.dumps(
                [
                    execute(manager, client, cell["source"], cell.get("interruptAt"))
                    for cell in json.loads(cells)
                ]
            )
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
