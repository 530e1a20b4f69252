import { join } from "@std/path";
import assert from "node:assert/strict";
import { takeLock } from "../../lib/files/file_lock.ts";
import { inFolder } from "../in_folder.ts";

Deno.test("takeLock() lets the second in when the first is done", () =>
  inFolder(async (folder) => {
    const path = join(folder, "lock");
    const order: string[] = [];
    const first = await takeLock(path);
    const second = takeLock(path, { onWait: () => order.push("waits") }).then((lock) => {
      order.push("has it");
      lock[Symbol.dispose]();
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    order.push("is freed");
    first[Symbol.dispose]();
    await second;
    assert.deepEqual(order, ["waits", "is freed", "has it"]);
  }));

Deno.test("takeLock() does not say that it waits for a lock that is free", () =>
  inFolder(async (folder) => {
    const path = join(folder, "lock");
    const onWait = (): void => assert.fail("there is nothing to wait for");
    for (let turn = 0; turn < 2; turn++) {
      using _lock = await takeLock(path, { onWait });
    }
  }));

Deno.test("takeLock() stops waiting when it is aborted", () =>
  inFolder(async (folder) => {
    const path = join(folder, "lock");
    using _lock = await takeLock(path);
    const controller = new AbortController();
    const { signal } = controller;
    const second = takeLock(path, { signal, onWait: () => controller.abort() });
    await assert.rejects(second, { name: "AbortError" });
  }));
