/** A request as a raw server sees it. */
export interface RawRequest {
  /** Counted from 0. */
  readonly number: number;
  readonly path: string;
  /** The first byte asked for: 0 without a range. */
  readonly start: number;
  /** The byte behind the last one asked for, if the range has an end. */
  readonly end: number | undefined;
}

/** Sends bytes or text as they are. */
export type Send = (...parts: readonly (string | Uint8Array)[]) => Promise<void>;

/** What a server does for a request. */
export type Answer = (request: RawRequest, send: Send) => Promise<void> | void;

/** An answer that never comes. */
export const silence = (): Promise<never> => new Promise(() => {});

/**
 * Runs with a server that sends what it is told, right or wrong: an HTTP library would not lie. A
 * connection is closed once `answer` returns; at the end all are, and no answer is waited for.
 */
export async function withRawServer(
  answer: Answer,
  use: (origin: string, requests: readonly RawRequest[]) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const requests: RawRequest[] = [];
  const end = Promise.withResolvers<void>();
  const handle = async (connection: Deno.TcpConn): Promise<void> => {
    using _connection = connection;
    const head = await readHead(connection);
    if (head === "") return;
    const [, start = 0, last] = /^range: bytes=(\d+)-(\d*)/im.exec(head) ?? [];
    const request = {
      number: requests.length,
      path: /^GET (\S+)/.exec(head)?.[1] ?? "",
      start: Number(start),
      end: last ? Number(last) + 1 : undefined,
    };
    requests.push(request);
    const send: Send = async (...parts) => {
      for (const part of parts) {
        const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
        for (let sent = 0; sent < bytes.length;) {
          sent += await connection.write(bytes.subarray(sent));
        }
      }
    };
    await Promise.race([answer(request, send), end.promise]);
  };
  const handled: Promise<void>[] = [];
  const accepting = (async (): Promise<void> => {
    // A client that is gone is no fault of the test's.
    for await (const connection of listener) handled.push(handle(connection).catch(() => {}));
  })();
  try {
    await use(`http://127.0.0.1:${listener.addr.port}`, requests);
  } finally {
    end.resolve();
    listener.close();
    await accepting;
    await Promise.all(handled);
  }
}

async function readHead(connection: Deno.TcpConn): Promise<string> {
  const bytes = new Uint8Array(4096);
  let head = "";
  while (!head.includes("\r\n\r\n")) {
    const count = await connection.read(bytes);
    if (count === null) return "";
    head += new TextDecoder().decode(bytes.subarray(0, count));
  }
  return head;
}

/** The head of an answer. */
export function head(status: string, headers: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries({ connection: "close", ...headers }).map(([name, value]) =>
    `${name}: ${value}\r\n`
  );
  return `HTTP/1.1 ${status}\r\n${lines.join("")}\r\n`;
}

/** Answers as an honest server that knows ranges does, and ends at a byte where it is told to. */
export async function sendFile(
  send: Send,
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): Promise<void> {
  const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
  await send(
    start === 0 ? head("200 OK", { "content-length": bytes.length }) : head("206 Partial Content", {
      "content-length": bytes.length - start,
      "content-range": range,
    }),
    bytes.subarray(start, end),
  );
}

/** Answers a request for a range as an honest server does, and ends after `count` of its bytes. */
export async function sendRange(
  send: Send,
  bytes: Uint8Array,
  { start, end = bytes.length }: RawRequest,
  count = end - start,
): Promise<void> {
  await send(
    head("206 Partial Content", {
      "content-length": end - start,
      "content-range": `bytes ${start}-${end - 1}/${bytes.length}`,
    }),
    bytes.subarray(start, start + count),
  );
}
