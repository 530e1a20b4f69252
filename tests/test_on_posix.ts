/** Registers a test that cannot run on Windows, for a reason of a few words. */
export function testOnPosix(name: string, reason: string, fn: () => Promise<void>): void {
  const ignore = Deno.build.os === "windows";
  Deno.test({ name: name + (ignore ? ` (skipped: ${reason})` : ""), ignore, fn });
}
