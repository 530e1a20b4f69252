"""Runs cells in the project's kernel as front ends do, all queued at once, and prints what came back.

Usage: kernel_cases.py FOLDER CASE. Prints JSON; a cell is {"status", "outputs": [[kind, text], …]}.
"""

import json
import os
import signal
import subprocess
import sys
import time
from queue import Empty
from threading import Event, Thread

from jupyter_client import BlockingKernelClient, KernelManager
from jupyter_client.session import Session

TIMEOUT = 60


class Front:
    """A front end that has its own channels to a kernel."""

    def __init__(self, manager):
        # With a session of its own, and so with an identity of its own.
        session = Session(key=manager.session.key)
        self.client = BlockingKernelClient(
            parent=manager, session=session, **manager.get_connection_info()
        )
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT)
        # It may have asked more than once.
        while True:
            try:
                self.client.get_shell_msg(timeout=0.5)
            except Empty:
                break

    def run(self, sources, on_output=lambda text: None, stop_on_error=True):
        """Sends all cells at once, and collects until each has its reply and is idle."""
        sent = [self.client.execute(source, stop_on_error=stop_on_error) for source in sources]
        cells = {each: {"status": None, "outputs": []} for each in sent}
        idle = set()
        while len(idle) < len(sent):
            message = self.client.get_iopub_msg(timeout=TIMEOUT)
            parent, content = message["parent_header"].get("msg_id"), message["content"]
            if parent not in cells:
                continue
            kind = message["msg_type"]
            if kind == "status" and content["execution_state"] == "idle":
                idle.add(parent)
            elif kind not in ("status", "execute_input"):
                # An output after the idle status is lost by stock clients.
                assert parent not in idle, f"an output after the idle status: {content}"
                cells[parent]["outputs"].append([kind, text_of(content)])
                on_output(text_of(content))
        for _ in sent:
            reply = self.client.get_shell_msg(timeout=TIMEOUT)
            cells[reply["parent_header"]["msg_id"]]["status"] = reply["content"]["status"]
        return list(cells.values())


def text_of(content):
    if "data" in content:
        return content["data"].get("text/plain", "")
    return content.get("text") or "\n".join(content.get("traceback", []))


def show(value):
    return f'await Deno.jupyter.broadcast("display_data", {{ data: {{ "text/plain": "{value}" }}, metadata: {{}}, transient: {{}} }});'


def queued(manager):
    front = Front(manager)
    return front.run([f"{index} + 0" for index in range(60)])


def displays(manager):
    cells = [f"console.log({index}); {show(index)} {index} + 0" for index in range(60)]
    return Front(manager).run(cells)


def large(manager):
    cells = [f'console.log("{letter}".repeat(2 ** 20))' for letter in "abc"] + [lines_code(5000)]
    texts = [stream_of(cell) for cell in Front(manager).run(cells)]
    assert texts[3] == lines_text(5000), texts[3][-100:]
    return [{"length": len(text), "letters": sorted(set(text.strip()))} for text in texts[:3]]


def lines_code(count):
    return f"for (let line = 0; line < {count}; line++) console.log(`line ${{line}}`);"


def lines_text(count):
    return "".join(f"line {line}\n" for line in range(count))


def stream_of(cell):
    return "".join(text for kind, text in cell["outputs"] if kind == "stream")


def halted(manager):
    """The kernel's process gets no time now and then, for longer than the proxy waits for outputs."""
    front = Front(manager)
    [kernel] = children(manager.provisioner.pid)
    ended = Event()

    def halt():
        while not ended.wait(0.01):
            os.kill(kernel, signal.SIGSTOP)
            time.sleep(0.06)
            os.kill(kernel, signal.SIGCONT)

    halting = Thread(target=halt)
    halting.start()
    try:
        cells = front.run([lines_code(1000)] * 3)
    finally:
        ended.set()
        halting.join()
    return [stream_of(cell) == lines_text(1000) for cell in cells]


def errors(manager):
    front = Front(manager)
    thrown = front.run(["1 + 0", "throw new RangeError('no')", "2 + 0", "3 + 0"])
    syntax = front.run(["const fine = 1;\nlet broken = ;", "4 + 0"])
    magic = front.run(["%timeit 1", "!ls"], stop_on_error=False)
    goes_on = front.run(["throw new Error('first')", "5 + 0"], stop_on_error=False)
    return {
        **{"thrown": thrown, "syntax": syntax, "magic": magic, "goes_on": goes_on},
        "after": front.run(["[fine, typeof broken].join()", "6 + 0"]),
    }


def interrupts(manager):
    front = Front(manager)
    front.run(["globalThis.kept = 41;"])
    # A cell that overtakes the interrupt is interrupted with reason, so its reply is awaited.
    front.client.control_channel.send(front.client.session.msg("interrupt_request"))
    front.client.get_control_msg(timeout=TIMEOUT)
    idle = front.run(["kept + 1"])
    interrupted = []

    def interrupt(text):
        if "begun" in text:
            manager.interrupt_kernel()
            interrupted.append(time.monotonic())

    waits = 'console.log("begun"); await new Promise((end) => setTimeout(end, 5000)); "ended"'
    return {"idle": idle, "waiting": front.run([waits, "1 + 0"], interrupt), "after": front.run(["kept + 2"])}


def restart(manager):
    front = Front(manager)
    front.run(["globalThis.gone = 1;"])
    manager.restart_kernel()
    front = Front(manager)
    again = front.run(["typeof gone", "7 + 0"])
    pid = manager.provisioner.pid
    manager.shutdown_kernel()
    return {"again": again, "left": children(pid)}


def killed(manager):
    """The proxy is killed, and its kernel must end with it."""
    Front(manager)
    pid = manager.provisioner.pid
    [kernel] = children(pid)
    subprocess.run(["kill", "-9", str(pid)], check=True)
    for _ in range(100):
        if not alive(kernel):
            return {"ended": True}
        time.sleep(0.1)
    return {"ended": False}


def children(pid):
    listed = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True)
    return [int(line) for line in listed.stdout.split()]


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(") ", 1)[1][0] != "Z"
    except FileNotFoundError:
        return False


def fronts(manager):
    """Two front ends send cells at the same time; each gets its own."""
    one, other = Front(manager), Front(manager)
    sent = []
    for index in range(20):
        sent.append((one, one.client.execute(f"{index} + 0"), index))
        sent.append((other, other.client.execute(f"{100 + index} + 0"), 100 + index))
    wrong = 0
    for front, message, expected in sent:
        reply = front.client.get_shell_msg(timeout=TIMEOUT)
        wrong += reply["parent_header"]["msg_id"] != message
    results = {}
    while len(results) < len(sent):
        message = one.client.get_iopub_msg(timeout=TIMEOUT)
        if message["msg_type"] == "execute_result":
            results[message["parent_header"]["msg_id"]] = text_of(message["content"])
    wrong += sum(results[message] != str(expected) for _, message, expected in sent)
    busy = one.client.execute("await new Promise((end) => setTimeout(end, 3000))")
    other.client.kernel_info()
    start = time.monotonic()
    other.client.get_shell_msg(timeout=TIMEOUT)
    waited = time.monotonic() - start
    one.client.get_shell_msg(timeout=TIMEOUT)
    return {"wrong": wrong, "busy": bool(busy), "waited": waited}


def inspections(manager):
    """Asks as Shift+Tab does; a `|` is the cursor."""
    front = Front(manager)

    def ask(code):
        front.client.inspect(code.replace("|", ""), code.index("|"))
        reply = front.client.get_shell_msg(timeout=TIMEOUT)
        assert reply["msg_type"] == "inspect_reply", reply
        return reply["content"]["data"].get("text/plain") if reply["content"]["found"] else None

    codes = [
        "await lo|adOrTrain()",
        "await loadOrTrain({ epochs: f(2), batch: 3| })",
        "predict|",
        "unheardOf|",
        "model.evaluate|(1)",
        "|",
    ]
    answers = [ask(code) for code in codes]
    front.client.execute("await new Promise((end) => setTimeout(end, 5000))")
    return {"answers": answers, "busy": ask("table|")}


def main(folder, case):
    manager = KernelManager(kernel_name="deno")
    manager.start_kernel(cwd=folder, stderr=subprocess.DEVNULL)
    try:
        print(json.dumps(globals()[case](manager)))
    finally:
        if manager.has_kernel:
            manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
