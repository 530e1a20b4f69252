/** Returns the bytes of free memory, including free swap space. */
export function freeMemory(): number {
  const { available, swapFree } = Deno.systemMemoryInfo();
  return available + swapFree;
}
