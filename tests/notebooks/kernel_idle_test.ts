import { join } from "@std/path";
import assert from "node:assert/strict";
import { startLab } from "../../lib/jupyter/lab/start_lab.ts";
import { inFolder } from "../in_folder.ts";
import { notebookTools } from "./environment.ts";
import { freePort } from "./test_lab.ts";

/** A kernel that starts on a busy machine must not take as long. */
const idleSeconds = 15;

Deno.test("the kernel of a closed notebook ends after a time without work, not while it works or is open", () =>
  inFolder(async (folder) => {
    const ending = new AbortController();
    const lab = await startLab(await notebookTools(), {
      port: freePort(),
      notebook: "README.md",
      browser: false,
      idleSeconds,
      signal: ending.signal,
    });
    const server = new Server(new URL(lab.url));
    try {
      const [busy, open] = [await server.start(), await server.start()];
      const stays = await server.connect(open);
      const leaves = await server.connect(busy);
      const enough = join(folder, "enough");
      await leaves.run(waitForFile(enough));
      // The answer has an idle status of its own.
      await leaves.inspect("table");
      leaves.close();

      const closed = await server.start();
      assert.deepEqual(await server.afterEndOf(closed), [busy, open].sort());
      await Deno.writeTextFile(enough, "");
      stays.close();
      await server.afterEndOf(busy);
      await server.afterEndOf(open);
    } finally {
      ending.abort();
      await lab.ended;
    }
  }));

/** A cell that runs until there is a file. */
function waitForFile(path: string): string {
  return `while (!await Deno.stat(${JSON.stringify(path)}).catch(() => undefined)) {
  await new Promise((resolve) => setTimeout(resolve, 100));
}`;
}

/** Jupyter's own interface, as JupyterLab uses it. */
class Server {
  constructor(readonly address: URL) {}

  #url(path: string): URL {
    return new URL(`/api/kernels${path}${this.address.search}`, this.address);
  }

  async start(): Promise<string> {
    const body = JSON.stringify({ name: "deno" });
    const response = await fetch(this.#url(""), { method: "POST", body });
    return (await response.json()).id;
  }

  /** Waits until a kernel has ended, and gives the ids of those that are left. */
  async afterEndOf(id: string): Promise<string[]> {
    for (;;) {
      const kernels: { id: string }[] = await (await fetch(this.#url(""))).json();
      const left = kernels.map((kernel) => kernel.id).sort();
      if (!left.includes(id)) return left;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async connect(id: string): Promise<Connection> {
    const url = this.#url(`/${id}/channels`);
    url.protocol = "ws:";
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    return new Connection(socket);
  }
}

/** A front end's connection with a kernel. */
class Connection {
  constructor(readonly socket: WebSocket) {}

  /** Starts a cell, and waits until it runs. */
  run(code: string): Promise<void> {
    return this.#ask("execute_request", { code, silent: false }, "execute_input");
  }

  /** Asks as Shift+Tab does, and waits for the answer. */
  inspect(code: string): Promise<void> {
    return this.#ask("inspect_request", { code, cursor_pos: 0, detail_level: 0 }, "inspect_reply");
  }

  close(): void {
    this.socket.close();
  }

  #ask(type: string, content: unknown, answer: string): Promise<void> {
    const ids = { msg_id: crypto.randomUUID(), session: crypto.randomUUID(), username: "" };
    const header = { ...ids, msg_type: type, version: "5.3", date: new Date().toISOString() };
    const message = { header, parent_header: {}, metadata: {}, content, channel: "shell" };
    this.socket.send(JSON.stringify({ ...message, buffers: [] }));
    return new Promise((resolve) => {
      this.socket.onmessage = ({ data }) => {
        const { header, parent_header } = JSON.parse(data);
        if (header.msg_type === answer && parent_header.msg_id === ids.msg_id) resolve();
      };
    });
  }
}
