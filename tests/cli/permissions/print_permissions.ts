/**
 * Loaded before the command line, it prints what that may still do when it ends: which of the files in
 * `ASKED` it may write, which programs it may run, and whether it may reach a host.
 *
 * @module
 */

/** Whether Deno lets a path be opened for writing. It is neither created nor changed. */
function mayWrite(path: string): boolean {
  try {
    Deno.openSync(path, { write: true }).close();
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotCapable);
  }
}

const asked: unknown = JSON.parse(Deno.env.get("ASKED") ?? "[]");
globalThis.addEventListener("unload", () => {
  const granted = (query: Deno.PermissionDescriptor): boolean =>
    Deno.permissions.querySync(query).state === "granted";
  const programs = ["python3", "env", "unshare", "sh"];
  const report = {
    writes: (asked as string[]).filter(mayWrite),
    runs: programs.filter((command) => granted({ name: "run", command })),
    net: granted({ name: "net", host: "storage.googleapis.com" }),
    ffi: granted({ name: "ffi" }),
  };
  // deno-lint-ignore no-console -- the test reads it.
  console.log(`permissions ${JSON.stringify(report)}`);
});
