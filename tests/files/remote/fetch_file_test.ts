import { join } from "@std/path";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { fetchFile } from "../../../lib/files/remote/fetch_file.ts";
import { redirected } from "../../../lib/files/remote/http_request.ts";
import {
  FetchError,
  type FetchOptions,
  mirrorVariable,
  type RemoteFile,
} from "../../../lib/files/remote/remote_file.ts";
import { WriteError } from "../../../lib/files/write.ts";
import { inFolder } from "../../in_folder.ts";
import {
  type Answer,
  head,
  type RawRequest,
  sendFile,
  sendRange,
  silence,
  withRawServer,
} from "./raw_server.ts";

/** Large enough that a half of it counts as gain. */
const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => index * 7919 % 251);
const half = bytes.length / 2;
const value = createHash("sha256").update(bytes).digest("hex");

/** Short, so that the tests are fast. */
const retry = {
  ...{ idleTimeout: 300, attempts: 3, delay: 10, maxDelay: 100 },
  leastRate: { bytes: 1000, milliseconds: 400 },
};

interface Fetched {
  readonly file: RemoteFile;
  readonly part: string;
  readonly requests: readonly RawRequest[];
  readonly told: readonly string[];
  readonly fetch: (options?: FetchOptions, file?: RemoteFile) => Promise<void>;
}

/** Runs with a file that a server answers for, and a folder for it. */
function withServer(answer: Answer, use: (fetched: Fetched) => Promise<void>): Promise<void> {
  return inFolder((folder) =>
    withRawServer(answer, async (origin, requests) => {
      const part = join(folder, "file.part");
      const digest = { algorithm: "sha256", value } as const;
      const file = { name: "the file", url: `${origin}/file`, bytes: bytes.length, digest };
      const told: string[] = [];
      const onMessage = (line: string): number => told.push(line);
      await use({
        ...{ file, part, requests, told },
        fetch: (options = {}, other = file) =>
          fetchFile(other, part, { retry, onMessage, ...options }),
      });
    })
  );
}

async function assertFetched(part: string): Promise<void> {
  assert.equal(createHash("sha256").update(await Deno.readFile(part)).digest("hex"), value);
}

const starts = (requests: readonly RawRequest[]): number[] => requests.map(({ start }) => start);

/** Answers in turn, the last one for good. */
const inTurn = (...answers: readonly Answer[]): Answer => (request, ...rest) =>
  answers[Math.min(request.number, answers.length - 1)]!(request, ...rest);

const honest: Answer = ({ start }, send) => sendFile(send, bytes, start);
const drops: Answer = ({ start }, send) => sendFile(send, bytes, start, start + half);

const fallsSilent: Answer = async ({ start }, send) => {
  await sendFile(send, bytes, start, half);
  await silence();
};

Deno.test("fetchFile() resumes after the server drops the connection", () =>
  withServer(inTurn(drops, honest), async ({ fetch, part, requests, told }) => {
    await fetch();
    await assertFetched(part);
    assert.deepEqual(starts(requests), [0, half]);
    assert.match(told.join(), /broke off after 100000 bytes.*trying again in 1 s/);
  }));

Deno.test("fetchFile() resumes after the server falls silent in the middle", () =>
  withServer(
    inTurn(fallsSilent, honest),
    async ({ fetch, part, requests, told }) => {
      await fetch();
      await assertFetched(part);
      assert.deepEqual(starts(requests), [0, half]);
      assert.match(told.join(), /silent for 0\.3 s/);
    },
  ));

Deno.test("fetchFile() gives up a server that never answers, and says what to do", () =>
  withServer(
    silence,
    async ({ fetch, requests }) => {
      await assert.rejects(
        fetch({ retry: { ...retry, idleTimeout: 50 } }),
        /^FetchError: .* cannot be reached: silent for 0\.05 s; without a connection, put a copy/,
      );
      assert.equal(requests.length, retry.attempts);
    },
  ));

Deno.test("fetchFile() takes a copy that the user put there, without a connection", () =>
  withServer(honest, async ({ fetch, part, requests }) => {
    await Deno.writeFile(part, bytes);
    await fetch();
    await assertFetched(part);
    assert.equal(requests.length, 0);
  }));

Deno.test("fetchFile() refuses another size before it writes anything", async () => {
  const shorter: Answer = (_, send) => sendFile(send, bytes.subarray(1));
  await withServer(shorter, async ({ fetch, part }) => {
    await assert.rejects(fetch(), /has 199999 bytes\. Expected: 200000$/);
    await assert.rejects(Deno.stat(part), Deno.errors.NotFound);
  });
  // The file on the server has changed: what was fetched of ours stays for a mirror.
  const changed: Answer = ({ start }, send) => sendFile(send, new Uint8Array(150_000), start);
  await withServer(inTurn(drops, changed), async ({ fetch, part }) => {
    await assert.rejects(fetch(), /has 150000 bytes\. Expected: 200000; the same command/);
    assert.equal((await Deno.stat(part)).size, half);
  });
});

Deno.test("fetchFile() is not deceived by a false length", async () => {
  const claims: Answer = async ({ start }, send) => {
    await send(
      head("200 OK", { "content-length": bytes.length }),
      bytes.subarray(start, start + 9),
    );
  };
  await withServer(claims, async ({ fetch, requests, told }) => {
    await assert.rejects(fetch(), /broke off after 9 bytes.*the same command resumes it$/);
    assert.equal(requests.length, retry.attempts);
    assert.equal(told.length, retry.attempts - 1);
  });
  const endless: Answer = async (_, send) => {
    await send(head("200 OK", {}));
    while (true) await send(new Uint8Array(2 ** 16));
  };
  await withServer(endless, async ({ fetch, part }) => {
    await assert.rejects(fetch(), /is not the file: its size in bytes must be 200000/);
    await assert.rejects(Deno.stat(part), Deno.errors.NotFound);
  });
});

Deno.test("fetchFile() does not take a login page for the file, and keeps what it has", () =>
  withServer(
    inTurn(
      drops,
      (_, send) => send(head("200 OK", { "content-type": "text/html; charset=utf-8" }), "<html>"),
    ),
    async ({ fetch, part }) => {
      await assert.rejects(fetch(), /sent a web page and not the file.*resumes it$/);
      assert.equal((await Deno.stat(part)).size, half);
    },
  ));

Deno.test("fetchFile() gives up on a server that trickles, and keeps what it has", async () => {
  const trickles: Answer = async ({ start }, send) => {
    await send(head("206 Partial Content", {
      "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
      "content-length": `${bytes.length - start}`,
    }));
    for (let at = start; at < bytes.length; at++) {
      await send(bytes.subarray(at, at + 1));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await withServer(trickles, async ({ fetch, part, requests, told }) => {
    await assert.rejects(fetch(), /is too slow: \d+ bytes in 0 s; the same command resumes it$/);
    assert.equal(requests.length, 3);
    assert.match(told.join(), /too slow.*trying again/);
    assert.ok((await Deno.stat(part)).size > 0);
  });
  await withServer(inTurn(trickles, honest), async ({ fetch, part }) => {
    await fetch();
    await assertFetched(part);
  });
});

Deno.test("fetchFile() waits as long as a busy server asks, within reason", async () => {
  const busy = (status: string, after: string): Answer => (_, send) =>
    send(head(status, { "retry-after": after }));
  await withServer(
    inTurn(busy("503 Busy", "0"), busy("429 Slow down", "0"), honest),
    async ({ fetch, part, told }) => {
      await fetch();
      await assertFetched(part);
      assert.match(told.join(), /503 .*; trying again.*429 .*; trying again/);
    },
  );
  await withServer(busy("503 Busy", "3600"), async ({ fetch, requests }) => {
    await assert.rejects(fetch(), /was refused: 503 Service Unavailable$/);
    assert.equal(requests.length, 1);
  });
});

Deno.test("fetchFile() tries the mirrors if a server refuses", () =>
  withServer(
    ({ path, start }, send) =>
      path === "/mirror" ? sendFile(send, bytes, start) : send(head("404 Gone", {})),
    async (
      { fetch, file, part, requests },
    ) => {
      const mirrors = ["/other", "/mirror"].map((path) => new URL(path, file.url).href);
      await fetch({}, { ...file, mirrors });
      await assertFetched(part);
      assert.deepEqual(requests.map(({ path }) => path), ["/file", "/other", "/mirror"]);
      await Deno.remove(part);
      await assert.rejects(
        fetch({}, { ...file, mirrors: mirrors.slice(0, 1) }),
        /file was refused: 404 Not Found; .*other was refused: 404 Not Found$/,
      );
    },
  ));

Deno.test("fetchFile() tries the user's own mirror first", () =>
  withServer(honest, async ({ fetch, file, part, requests }) => {
    Deno.env.set(mirrorVariable, new URL("/mine", file.url).href);
    try {
      await fetch();
      await assertFetched(part);
      assert.deepEqual(requests.map(({ path }) => path), ["/mine/file"]);
      Deno.env.set(mirrorVariable, "mine");
      await assert.rejects(fetch(), /VGG_MIRROR must be an http or https address. Received: mine/);
    } finally {
      Deno.env.delete(mirrorVariable);
    }
  }));

Deno.test("fetchFile() starts over if the part that it has is of another version", () =>
  withServer(honest, async ({ fetch, part, requests }) => {
    await Deno.writeFile(part, new Uint8Array(half));
    await fetch();
    await assertFetched(part);
    assert.deepEqual(starts(requests), [half, 0]);
  }));

Deno.test("fetchFile() starts over if the server's ranges are wrong or the part is too long", async () => {
  const wrong: Answer = ({ start }, send) =>
    start === 0 ? sendFile(send, bytes) : sendFile(send, bytes, start + 1);
  await withServer(wrong, async ({ fetch, part, requests }) => {
    await Deno.writeFile(part, bytes.subarray(0, half));
    await fetch();
    await assertFetched(part);
    assert.deepEqual(starts(requests), [half, 0]);
  });
  await withServer(honest, async ({ fetch, part, requests }) => {
    await Deno.writeFile(part, new Uint8Array(bytes.length + 1));
    await fetch();
    await assertFetched(part);
    assert.deepEqual(starts(requests), [0]);
  });
});

Deno.test("fetchFile() removes a file with another digest, and refuses status 416", async () => {
  const other: Answer = (_, send) => sendFile(send, bytes.toReversed());
  await withServer(other, async ({ fetch, part, requests }) => {
    await assert.rejects(fetch(), /its SHA-256 must be [0-9a-f]{64}\. Received: [0-9a-f]{64}$/);
    await assert.rejects(Deno.stat(part), Deno.errors.NotFound);
    assert.equal(requests.length, 1);
  });
  const unsatisfied: Answer = (_, send) => send(head("416 Range Not Satisfiable", {}));
  await withServer(unsatisfied, async ({ fetch, part }) => {
    await Deno.writeFile(part, bytes.subarray(0, half));
    await assert.rejects(fetch(), FetchError);
  });
});

Deno.test("fetchFile() ends on abort, also during a delay, and keeps what it has", async () => {
  await withServer(inTurn(drops, honest), async ({ fetch, part, requests }) => {
    const controller = new AbortController();
    const onMessage = (): void => controller.abort();
    await assert.rejects(fetch({ signal: controller.signal, onMessage }), { name: "AbortError" });
    assert.equal((await Deno.stat(part)).size, half);
    await fetch();
    await assertFetched(part);
    assert.deepEqual(starts(requests), [0, half]);
  });
});

Deno.test("fetchFile() ends on abort even if the runtime's fetch misses it", async () => {
  const usual = globalThis.fetch;
  globalThis.fetch = (input, init) => usual(input, { ...init, signal: null });
  try {
    for (const answer of [silence, fallsSilent]) {
      await withServer(answer, async ({ fetch, requests }) => {
        const controller = new AbortController();
        const fetched = fetch({
          signal: controller.signal,
          retry: { ...retry, idleTimeout: 1e9 },
        });
        while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        setTimeout(() => controller.abort(), 50);
        await assert.rejects(fetched, { name: "AbortError" });
      });
    }
  } finally {
    globalThis.fetch = usual;
  }
});

Deno.test("fetchFile() says that the disk is full, and resumes later", () =>
  withServer(honest, async ({ fetch, part, requests }) => {
    const { write } = Deno.FsFile.prototype;
    let free = half;
    Deno.FsFile.prototype.write = function (bytes): Promise<number> {
      if (free === 0) return Promise.reject(Object.assign(new Error(), { code: "ENOSPC" }));
      const written = bytes.subarray(0, free);
      free -= written.length;
      return write.call(this, written);
    };
    try {
      await assert.rejects(fetch(), (error: Error) => {
        assert.ok(error instanceof WriteError, `${error.stack}`);
        assert.equal(error.message, `${part} cannot be written: the disk is full`);
        return true;
      });
    } finally {
      Deno.FsFile.prototype.write = write;
    }
    await fetch();
    await assertFetched(part);
    assert.deepEqual(starts(requests), [0, half]);
  }));

Deno.test("fetchFile() follows a few redirects on the same server", async () => {
  const to = (location: string): Answer => (_, send) => send(head("302 Found", { location }));
  await withServer(
    inTurn(to("/b"), to("/c"), ({ start }, send) => sendFile(send, bytes, start)),
    async ({ fetch, part, requests }) => {
      await fetch();
      await assertFetched(part);
      assert.deepEqual(requests.map(({ path }) => path), ["/file", "/b", "/c"]);
    },
  );
  await withServer(to("/again"), async ({ fetch }) => {
    await assert.rejects(fetch(), /was redirected more than 5 times/);
  });
  await withServer(to("http://localhost:1/"), async ({ fetch, requests }) => {
    await assert.rejects(fetch(), /redirected to http:\/\/localhost:1\/: only https/);
    assert.equal(requests.length, 1);
  });
});

Deno.test("redirected() allows https to anywhere, and nothing from https to http", () => {
  const from = new URL("https://one.org/file");
  for (const location of ["https://two.org/x", "/x", "//two.org/x"]) {
    assert.equal(redirected(from, location).protocol, "https:");
  }
  for (
    const location of ["http://one.org/file", "ftp://one.org/x", "file:///etc/passwd", "http://"]
  ) {
    assert.throws(() => redirected(from, location), FetchError);
  }
});

/** A part of the file, as a file of its own. */
const [offset, end] = [1000, 151_000];
const range = {
  offset,
  bytes: end - offset,
  digest: {
    algorithm: "sha256",
    value: createHash("sha256").update(bytes.subarray(offset, end)).digest("hex"),
  },
} as const;

const sendsRanges: Answer = (request, send) => sendRange(send, bytes, request);
const dropsRanges: Answer = (request, send) => sendRange(send, bytes, request, half);

Deno.test("fetchFile() fetches a part of a file alone, and resumes it", () =>
  withServer(inTurn(dropsRanges, sendsRanges), async ({ file, fetch, part, requests }) => {
    await fetch({}, { ...file, ...range });
    assert.deepEqual(await Deno.readFile(part), bytes.slice(offset, end));
    const asked = requests.map(({ start, end }) => [start, end]);
    assert.deepEqual(asked, [[offset, end], [offset + half, end]]);
  }));

Deno.test("fetchFile() refuses a whole file or another part for a part, before it writes anything", async () => {
  const answers: [Answer, RegExp][] = [
    [(_, send) => sendFile(send, bytes), /is only sent as a whole$/],
    [
      (request, send) => sendRange(send, bytes, { ...request, start: request.start + 1 }),
      /sent a range that was not requested$/,
    ],
    [
      (request, send) => sendRange(send, bytes, { ...request, end: request.end! - 1 }),
      /sent a range that was not requested$/,
    ],
  ];
  for (const [answer, expected] of answers) {
    await withServer(answer, async ({ file, fetch, part }) => {
      await assert.rejects(fetch({}, { ...file, ...range }), expected);
      await assert.rejects(Deno.stat(part), Deno.errors.NotFound);
    });
  }
});

Deno.test("fetchFile() says of a part with other bytes that it is different", async () => {
  const other = bytes.map((byte) => byte ^ 1);
  await withServer((request, send) => sendRange(send, other, request), async ({ file, fetch }) => {
    const error = await fetch({}, { ...file, ...range }).catch((error) => error);
    assert.match(error.message, /is not the file: its SHA-256 must be/);
    assert.equal(error.failure.different, true);
  });
});
