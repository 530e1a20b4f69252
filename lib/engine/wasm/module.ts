/** Loads and compiles a WebAssembly file of this folder. */
export async function compileModule(name: string): Promise<WebAssembly.Module> {
  const response = await fetch(new URL(name, import.meta.url));
  return WebAssembly.compile(await response.arrayBuffer());
}
