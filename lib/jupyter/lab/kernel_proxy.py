"""Runs Deno's Jupyter kernel behind a proxy that keeps each output with its cell.

Usage: kernel_proxy.py CONNECTION_FILE DENO

Deno's kernel (2.9) attributes a late output to the cell that runs then, reports no syntax error, and
runs the queued cells after an error. The proxy hands on one execute request at a time, and finishes a
cell only when its outputs have arrived. It says what the library's names are, which Deno's kernel does
not, and gives values metadata. Other messages are passed on unchanged, with their signatures; the
proxy's own are made by jupyter_client.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile

import zmq
import zmq.asyncio
from jupyter_client.connect import ConnectionFileMixin

from documentation import Documentation

# Seconds without an output, and answers of the kernel, after which a finished cell has said all.
QUIET = 0.03
ANSWERS = 3
# Seconds in which outputs of a finished cell may still come.
LATE = 10
# Seconds after which an interrupt that had no effect is reported.
PATIENCE = 3
# Seconds that the kernel has to end by itself.
SHUTDOWN = 2

# Where the library's values have the metadata of their representations.
METADATA = "application/vnd.vggnet.metadata+json"

# Without a listener an interrupt would end Deno. A kernel whose proxy was killed ends as well.
PREPARE = """{
  Deno.addSignalListener("SIGINT", () => {});
  const { ppid } = Deno;
  Deno.unrefTimer(setInterval(() => Deno.ppid === ppid || Deno.exit(1), 1000));
}"""

UNINTERRUPTED = (
    "The cell still runs. Training ends after its step; other code ends only with the kernel. "
    "To end it now, restart the kernel; its variables are lost.\n"
)


class Cell:
    """An execute request that the kernel has, and what came back so far."""

    def __init__(self, message):
        loop = asyncio.get_running_loop()
        self.message = message
        self.reply = loop.create_future()
        self.idle = loop.create_future()
        self.has_error = False
        self.outputs = 0


class Proxy:
    """Serves the front ends' five sockets and the kernel's."""

    def __init__(self, front, inner, deno):
        self.front, self.inner, self.deno = front, inner, deno
        self.documentation = Documentation(deno)
        self.session = front.session
        context = zmq.asyncio.Context.instance()
        kinds = {
            "shell": zmq.ROUTER,
            "control": zmq.ROUTER,
            "stdin": zmq.ROUTER,
            "iopub": zmq.XPUB,
            "hb": zmq.REP,
        }
        for name, kind in kinds.items():
            socket = context.socket(kind)
            socket.linger = 1000
            # Outputs must never be dropped, however many there are.
            socket.set_hwm(0)
            socket.bind(front._make_url(name))
            setattr(self, name, socket)
        identity = self.session.bsession
        self.kernel_shell = inner.connect_shell(identity)
        self.kernel_control = inner.connect_control(identity)
        self.kernel_stdin = inner.connect_stdin(identity)
        self.kernel_iopub = context.socket(zmq.SUB)
        self.kernel_iopub.set_hwm(0)
        self.kernel_iopub.subscribe(b"")
        self.kernel_iopub.connect(inner._make_url("iopub"))
        self.queue = asyncio.Queue()
        # The client that a message came from, by the message's id.
        self.senders = {}
        self.cell = None
        # What the kernel says of itself, once it has started.
        self.info = None
        # Requests of the proxy itself, whose answers no client sees.
        self.own = {}
        # References to running tasks, which asyncio itself does not keep.
        self.background = set()

    def parse(self, frames):
        """Returns the identities, the message and its frames without identities."""
        identities, parts = self.session.feed_identities(frames)
        message = self.session.deserialize(parts)
        return identities, message, frames[len(identities) :]

    async def send(self, socket, identities, kind, content, parent=None):
        """Sends a message of the proxy's own, and returns it."""
        message = self.session.msg(kind, content, parent=parent)
        # Session.send would use the socket synchronously, and events for those who await it be lost.
        await socket.send_multipart(self.session.serialize(message, identities))
        return message

    async def publish(self, kind, content, parent):
        await self.send(self.iopub, f"kernel.{kind}".encode(), kind, content, parent["header"])

    async def ask(self, kind, content, timeout=None):
        """Sends a request of the proxy's own to the kernel; returns the reply after the idle status.

        Returns None if one of these does not come in `timeout` seconds.
        """
        message = self.session.msg(kind, content)
        answer = self.own[message["header"]["msg_id"]] = Cell(message)
        await self.kernel_shell.send_multipart(self.session.serialize(message))
        await asyncio.wait([answer.reply, answer.idle], timeout=timeout)
        if not (answer.reply.done() and answer.idle.done()):
            return None
        del self.own[message["header"]["msg_id"]]
        return answer.reply.result()[0]["content"]

    async def run(self):
        await asyncio.gather(
            self.serve_shell(),
            self.return_shell(),
            self.return_outputs(),
            self.serve_control(),
            self.return_control(),
            self.pass_input_requests(),
            self.pass_input_replies(),
            self.read_subscriptions(),
            self.answer_heartbeat(),
            self.end_with_parent(),
        )

    async def serve_shell(self):
        # Outputs are lost until the kernel knows of the subscription to them, which takes a moment.
        while not self.info:
            self.info = await self.ask("kernel_info_request", {}, timeout=0.5)
        prepare = {"code": PREPARE, "silent": True, "store_history": False}
        await self.ask("execute_request", prepare)
        await asyncio.gather(self.receive_requests(), self.execute_requests())

    async def receive_requests(self):
        """Queues execute requests; everything else is passed on at once, also while a cell runs."""
        while True:
            identities, message, frames = self.parse(await self.shell.recv_multipart())
            kind = message["header"]["msg_type"]
            if kind == "kernel_info_request":
                # Deno answers only between two cells; a front end that connects must not wait for that.
                await self.answer(identities, message, self.info)
                continue
            if kind == "inspect_request":
                self.start(self.inspect(identities, message))
                continue
            self.senders[message["header"]["msg_id"]] = identities
            if kind == "execute_request":
                await self.queue.put((identities, message, frames))
            else:
                await self.kernel_shell.send_multipart(frames)

    async def inspect(self, identities, message):
        """Answers Shift+Tab, also while a cell runs."""
        asked = message["content"]
        text = await self.documentation.find(asked["code"], asked["cursor_pos"])
        data = {"text/plain": text} if text else {}
        content = {"status": "ok", "found": bool(text), "data": data, "metadata": {}}
        await self.answer(identities, message, content)

    def start(self, work):
        """Runs a coroutine beside the others."""
        task = asyncio.create_task(work)
        self.background.add(task)
        task.add_done_callback(self.background.discard)

    async def execute_requests(self):
        while True:
            identities, message, frames = await self.queue.get()
            self.cell = cell = Cell(message)
            await self.kernel_shell.send_multipart(frames)
            reply, parts = await cell.reply
            await self.wait_for_outputs(cell)
            content = reply["content"]
            is_reported = content["status"] != "error" or cell.has_error
            if not is_reported:
                error = await self.describe(content, message)
                await self.publish("error", error, message)
                content = {**content, **error}
            if content["status"] == "error" and message["content"].get("stop_on_error", True):
                await self.abort_queue()
            self.cell = None
            if is_reported:
                await self.shell.send_multipart([*identities, *parts])
            else:
                await self.reply(self.shell, identities, message, content)
            await self.publish("status", {"execution_state": "idle"}, message)
            del self.senders[message["header"]["msg_id"]]

    async def wait_for_outputs(self, cell):
        """Waits until nothing more of a finished cell can be expected. The kernel may send it late."""
        loop = asyncio.get_running_loop()
        await asyncio.wait([cell.idle], timeout=LATE)
        deadline = loop.time() + LATE
        while True:
            before = cell.outputs
            await asyncio.sleep(QUIET)
            # A kernel that was halted is no quiet one. One that answers sends queued outputs between its
            # answers, in turns.
            for _ in range(ANSWERS):
                await self.ask("kernel_info_request", {})
            if cell.outputs == before or loop.time() > deadline:
                return

    async def abort_queue(self):
        """Aborts the requests that were sent before their clients knew of a failure."""
        while not self.queue.empty():
            identities, message, _ = self.queue.get_nowait()
            del self.senders[message["header"]["msg_id"]]
            await self.answer(identities, message, {"status": "aborted", "execution_count": 0})

    async def answer(self, identities, message, content):
        """Answers a request on the shell channel instead of the kernel."""
        await self.publish("status", {"execution_state": "busy"}, message)
        await self.reply(self.shell, identities, message, content)
        await self.publish("status", {"execution_state": "idle"}, message)
        if self.cell:
            # Jupyter would take the kernel for idle, and end it if its notebook is closed.
            await self.publish("status", {"execution_state": "busy"}, self.cell.message)

    async def reply(self, socket, identities, message, content):
        header = message["header"]
        kind = header["msg_type"].replace("request", "reply")
        await self.send(socket, identities, kind, content, header)

    async def describe(self, content, message):
        """Returns the content of the error output of an error that is only in the reply."""
        text = await self.syntax_error(message["content"]["code"])
        name, value = content.get("ename") or "Error", content.get("evalue") or "Execution failed"
        if text:
            name, _, value = text.split("\n", 1)[0].partition(": ")
        return {"ename": name, "evalue": value, "traceback": text.split("\n") if text else [value]}

    async def syntax_error(self, code):
        """Returns a code's first syntax error, with its line and a mark under its place, or ''."""
        process = await asyncio.create_subprocess_exec(
            *[self.deno, "fmt", "--no-config", "--ext", "ts", "-"],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "NO_COLOR": "1"},
        )
        _, error = await process.communicate(code.encode())
        lines = error.decode().strip().split("\n\n")[0].removeprefix("error: ").split("\n")
        if process.returncode == 0 or not lines[0].startswith("SyntaxError"):
            return ""
        return "\n".join(line for line in lines if not line.strip().startswith("at file:"))

    async def return_shell(self):
        """Passes on the kernel's replies; that of a cell waits for the cell's outputs."""
        while True:
            _, message, parts = self.parse(await self.kernel_shell.recv_multipart())
            asked = message["parent_header"].get("msg_id")
            waiting = self.own.get(asked) or self.cell_of(asked)
            if waiting:
                waiting.reply.set_result((message, parts))
            elif asked in self.senders:
                await self.shell.send_multipart([*self.senders.pop(asked), *parts])

    async def return_outputs(self):
        while True:
            frames = await self.kernel_iopub.recv_multipart()
            _, message, _ = self.parse(frames)
            asked = message["parent_header"].get("msg_id")
            cell, own = self.cell_of(asked), self.own.get(asked)
            is_idle = message["content"].get("execution_state") == "idle"
            if own and is_idle:
                own.idle.set_result(True)
            if own:
                continue
            if cell:
                cell.outputs += 1
                cell.has_error = cell.has_error or message["header"]["msg_type"] == "error"
            if cell and is_idle:
                # The proxy sends it once the cell's outputs have arrived.
                cell.idle.set_result(True)
            elif METADATA in message["content"].get("data", {}):
                content = message["content"]
                content["metadata"] |= content["data"].pop(METADATA)
                parent = {"header": message["parent_header"]}
                await self.publish(message["header"]["msg_type"], content, parent)
            else:
                await self.iopub.send_multipart(frames)

    def cell_of(self, message_id):
        is_running = self.cell and self.cell.message["header"]["msg_id"] == message_id
        return self.cell if is_running else None

    async def serve_control(self):
        while True:
            identities, message, frames = self.parse(await self.control.recv_multipart())
            kind = message["header"]["msg_type"]
            if kind == "interrupt_request":
                await self.interrupt()
                await self.reply(self.control, identities, message, {"status": "ok"})
            elif kind == "shutdown_request":
                restart = message["content"].get("restart", False)
                content = {"status": "ok", "restart": restart}
                await self.reply(self.control, identities, message, content)
                await self.kernel_control.send_multipart(frames)
                asyncio.get_running_loop().call_later(SHUTDOWN, self.kernel.kill)
            else:
                self.senders[message["header"]["msg_id"]] = identities
                await self.kernel_control.send_multipart(frames)

    async def return_control(self):
        while True:
            _, message, parts = self.parse(await self.kernel_control.recv_multipart())
            asked = message["parent_header"].get("msg_id")
            if asked in self.senders:
                await self.control.send_multipart([*self.senders.pop(asked), *parts])

    async def interrupt(self):
        """Interrupts the running cell, and says so if that has no effect. Queued cells do not run."""
        self.kernel.send_signal(signal.SIGINT)
        self.start(self.report_uninterrupted(self.cell))
        await self.abort_queue()

    async def report_uninterrupted(self, cell):
        await asyncio.sleep(PATIENCE)
        if cell and self.cell is cell:
            content = {"name": "stderr", "text": UNINTERRUPTED}
            await self.publish("stream", content, cell.message)

    async def pass_input_requests(self):
        while True:
            _, message, parts = self.parse(await self.kernel_stdin.recv_multipart())
            asked = message["parent_header"].get("msg_id")
            await self.stdin.send_multipart([*self.senders.get(asked, []), *parts])

    async def pass_input_replies(self):
        while True:
            _, _, frames = self.parse(await self.stdin.recv_multipart())
            await self.kernel_stdin.send_multipart(frames)

    async def read_subscriptions(self):
        while True:
            await self.iopub.recv_multipart()

    async def end_with_parent(self):
        """Ends the kernel once the program that started the proxy is gone."""
        parent = os.getppid()
        while os.getppid() == parent:
            await asyncio.sleep(1)
        self.kernel.terminate()

    async def answer_heartbeat(self):
        while True:
            await self.hb.send(await self.hb.recv())


async def main(connection_file, deno):
    context = zmq.asyncio.Context.instance()
    front = ConnectionFileMixin(connection_file=connection_file, context=context)
    front.load_connection_file()
    with tempfile.TemporaryDirectory() as folder:
        inner_file = os.path.join(folder, "kernel.json")
        inner = ConnectionFileMixin(connection_file=inner_file, context=context)
        # With the same key messages can be passed on as they are.
        inner.session.key = front.session.key
        inner.write_connection_file()
        proxy = Proxy(front, inner, deno)
        proxy.kernel = await asyncio.create_subprocess_exec(
            deno, "jupyter", "--kernel", "--conn", inner_file
        )
        loop = asyncio.get_running_loop()
        if os.name == "posix":
            loop.add_signal_handler(signal.SIGINT, lambda: loop.create_task(proxy.interrupt()))
            loop.add_signal_handler(signal.SIGTERM, proxy.kernel.terminate)
        serving = asyncio.create_task(proxy.run())
        ended = asyncio.create_task(proxy.kernel.wait())
        await asyncio.wait([serving, ended], return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            proxy.kernel.kill()
            serving.result()
        serving.cancel()
        return ended.result()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
