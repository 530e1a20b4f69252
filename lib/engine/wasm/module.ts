/** Loads and compiles a WebAssembly file of this folder. */
export async function compileModule(name: string): Promise<WebAssembly.Module> {
  const response = await fetch(new URL(name, import.meta.url));
  return WebAssembly.compile(await response.arrayBuffer());
}

/**
 * Instantiates a module of this folder, whose only import is a memory. It is found by its place:
 * `deno publish` takes `backend` for the path of a file, and changes it.
 */
export function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): WebAssembly.Exports {
  const [wanted] = WebAssembly.Module.imports(module);
  return new WebAssembly.Instance(module, { [wanted!.module]: { [wanted!.name]: memory } }).exports;
}
