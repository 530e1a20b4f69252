import Module from "node:module";

/** What Node's loader of CommonJS modules calls for every `require`; its types do not have it. */
interface Loader {
  _load(this: unknown, request: string, ...rest: unknown[]): unknown;
}

/** Makes `require` of these names give `exports`, in every CommonJS module of the process. */
export function answerRequire(names: readonly string[], exports: unknown): void {
  const loader = Module as unknown as Loader;
  const load = loader._load;
  loader._load = function (request, ...rest): unknown {
    return names.includes(request) ? exports : load.call(this, request, ...rest);
  };
}
