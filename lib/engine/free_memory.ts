/**
 * Returns the bytes of free memory, including free swap space. On Windows Deno knows neither what the
 * system can take back nor its swap space, so that only what is free counts.
 */
export function freeMemory(): number {
  const { available, free, swapFree } = Deno.systemMemoryInfo();
  return Deno.build.os === "windows" ? free : available + swapFree;
}
