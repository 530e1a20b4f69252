/**
 * Sends bytes over a plain connection to another process like it, and takes what that one sends.
 * `tcp_peer.ts OWN_PORT OTHER_PORT`; answers `{ "send": bytes, "times": n }` with what each took until
 * the other one had all.
 *
 * @module
 */

import { readLines } from "../../../lib/files/read.ts";
import type { Answer } from "./protocol.ts";

const hostname = "127.0.0.1";
/** What is sent or read at once. */
const blockBytes = 2 ** 20;
/** A number of bytes, in front of them. */
const headerBytes = 8;

const [ownPort, otherPort] = Deno.args.map(Number);
const listener = Deno.listen({ hostname, port: ownPort! });
takeAll();
let connection: Deno.TcpConn | undefined;
const block = new Uint8Array(blockBytes);
for await (const line of readLines(Deno.stdin.readable)) {
  // Both ends of the pipe are this benchmark's own.
  const { send, times } = JSON.parse(line) as { send: number; times: number };
  const seconds: number[] = [];
  for (let done = 0; done < times; done++) {
    connection ??= await connect();
    seconds.push(await sendTo(connection, send));
  }
  const answer: Answer = { seconds };
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(answer)}\n`));
}
Deno.exit();

async function connect(): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname, port: otherPort! });
  connection.setNoDelay();
  return connection;
}

async function sendTo(connection: Deno.TcpConn, bytes: number): Promise<number> {
  const start = performance.now();
  const header = new Uint8Array(headerBytes);
  new DataView(header.buffer).setBigUint64(0, BigInt(bytes));
  await writeAll(connection, header);
  for (let left = bytes; left > 0; left -= blockBytes) {
    await writeAll(connection, block.subarray(0, Math.min(left, blockBytes)));
  }
  await connection.read(new Uint8Array(1));
  return (performance.now() - start) / 1000;
}

/** Takes what comes over every connection, and says a byte when all of it is there. */
async function takeAll(): Promise<void> {
  for await (const connection of listener) {
    connection.setNoDelay();
    take(connection);
  }
}

async function take(connection: Deno.TcpConn): Promise<void> {
  const header = new Uint8Array(headerBytes);
  const block = new Uint8Array(blockBytes);
  while (await readFull(connection, header)) {
    let left = Number(new DataView(header.buffer).getBigUint64(0));
    while (left > 0) {
      const read = await connection.read(block.subarray(0, Math.min(left, blockBytes)));
      if (read === null) return;
      left -= read;
    }
    await connection.write(Uint8Array.of(1));
  }
}

async function readFull(connection: Deno.TcpConn, into: Uint8Array): Promise<boolean> {
  for (let done = 0; done < into.length;) {
    const read = await connection.read(into.subarray(done));
    if (read === null) return false;
    done += read;
  }
  return true;
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await connection.write(bytes.subarray(done));
}
