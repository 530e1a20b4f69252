import { basename, dirname, join } from "@std/path";
import type { FileCall } from "./interpose.ts";

/** A file's content: what was flushed, and what was written after. */
interface FileNode {
  readonly kind: "file";
  flushed: Uint8Array<ArrayBuffer>;
  writes: { position: number; bytes: Uint8Array }[];
}

/** A change of the names in a folder; `undefined` removes one. */
type NameChange = ReadonlyMap<string, Node | undefined>;

interface FolderNode {
  readonly kind: "folder";
  changes: NameChange[];
  /** How many of the changes are on the disk for certain. */
  flushed: number;
}

type Node = FileNode | FolderNode;

/** What becomes of the writes that were not flushed. */
const fates = ["lost", "whole", "zeros", "cut", "empty"] as const;

/** Draws a number from 0 to 1, exclusive. */
type Draw = () => number;

/**
 * A disk that keeps for certain only what was flushed, as POSIX allows: of the writes to a file after its
 * last `fsync` all, none or a part is there, or zeros in their place; of the changes of a folder's names
 * after its last `fsync` the first few, independently of other folders and of the files' content.
 */
export class VolatileDisk {
  readonly #root: FolderNode = { kind: "folder", changes: [], flushed: 0 };
  readonly #folder: string;
  readonly #positions = new WeakMap<Deno.FsFile, number>();
  readonly #nodes = new WeakMap<Deno.FsFile, Node>();

  /** @param folder Is taken to be empty, and on the disk. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Takes note of a call that succeeded. @returns Whether it changed what a loss of power may leave. */
  record(call: FileCall, result: unknown): boolean {
    const { name, path, file, bytes } = call;
    if (name === "mkdir") return this.#mkdir(path);
    if (name === "open") return this.#open(call, result as Deno.FsFile);
    if (name === "rename") return this.#rename(path, call.to!);
    if (name === "remove") return this.#remove(path);
    const node = file && this.#nodes.get(file);
    if (!node) return false;
    if (name === "file.syncData" || name === "file.sync") return flush(node);
    const position = this.#positions.get(file) ?? 0;
    if (name === "file.seek") this.#positions.set(file, Number(result));
    if (name === "file.read") this.#positions.set(file, position + Number(result ?? 0));
    if (name !== "file.write" || node.kind !== "file") return false;
    node.writes.push({ position, bytes: bytes!.slice(0, Number(result)) });
    this.#positions.set(file, position + Number(result));
    return true;
  }

  /** Writes into a folder what a loss of power at this moment could leave. */
  async writeTo(folder: string, draw: Draw): Promise<void> {
    await writeFolder(this.#root, folder, draw);
  }

  #mkdir(path: string): boolean {
    if (path === this.#folder || this.#find(path)) return false;
    if (!this.#find(dirname(path))) this.#mkdir(dirname(path));
    const node: Node = { kind: "folder", changes: [], flushed: 0 };
    return this.#change(dirname(path), [[basename(path), node]]);
  }

  #open({ path, options = {} }: FileCall, file: Deno.FsFile): boolean {
    let node = this.#find(path);
    const isNew = !node;
    if (!node) {
      node = { kind: "file", flushed: new Uint8Array(), writes: [] };
      this.#change(dirname(path), [[basename(path), node]]);
    }
    if (options.truncate) throw new Error(`${path} is overwritten in place`);
    this.#nodes.set(file, node);
    return isNew;
  }

  #rename(from: string, to: string): boolean {
    const node = this.#find(from);
    if (dirname(from) !== dirname(to)) throw new Error(`${from} goes to another folder`);
    return this.#change(dirname(from), [[basename(from), undefined], [basename(to), node]]);
  }

  /** Removes what a folder holds first, as the system's calls do. */
  #remove(path: string): boolean {
    const node = this.#find(path);
    if (node?.kind === "folder") {
      for (const name of namesAfter(node.changes).keys()) this.#remove(join(path, name));
    }
    return this.#change(dirname(path), [[basename(path), undefined]]);
  }

  #change(path: string, change: [string, Node | undefined][]): boolean {
    const folder = this.#find(path);
    if (folder?.kind !== "folder") throw new Error(`${path} was not made before`);
    folder.changes.push(new Map(change));
    return true;
  }

  #find(path: string): Node | undefined {
    if (path === this.#folder) return this.#root;
    const parent = path.length > this.#folder.length ? this.#find(dirname(path)) : undefined;
    if (parent?.kind !== "folder") return undefined;
    return namesAfter(parent.changes).get(basename(path));
  }
}

function flush(node: Node): boolean {
  if (node.kind === "folder") {
    node.flushed = node.changes.length;
  } else {
    for (const write of node.writes) node.flushed = written(node.flushed, write);
    node.writes = [];
  }
  return true;
}

function namesAfter(changes: readonly NameChange[]): Map<string, Node> {
  const names = new Map<string, Node>();
  for (const change of changes) {
    for (const [name, node] of change) {
      if (node) names.set(name, node);
      else names.delete(name);
    }
  }
  return names;
}

function written(
  content: Uint8Array<ArrayBuffer>,
  { position, bytes }: FileNode["writes"][number],
): Uint8Array<ArrayBuffer> {
  const end = position + bytes.length;
  const result = new Uint8Array(Math.max(content.length, end));
  result.set(content);
  result.set(bytes, position);
  return result;
}

async function writeFolder(node: FolderNode, path: string, draw: Draw): Promise<void> {
  await Deno.mkdir(path, { recursive: true });
  const pending = node.changes.length - node.flushed;
  // The two ends are the worst more often than what lies between.
  const kind = draw();
  const kept = kind < 0.4 ? 0 : kind < 0.6 ? pending : Math.floor(draw() * (pending + 1));
  for (const [name, child] of namesAfter(node.changes.slice(0, node.flushed + kept))) {
    if (child.kind === "folder") await writeFolder(child, join(path, name), draw);
    else await Deno.writeFile(join(path, name), left(child, draw));
  }
}

/** What is left of a file. */
function left({ flushed, writes }: FileNode, draw: Draw): Uint8Array {
  if (writes.length === 0) return flushed;
  const fate = fates[Math.floor(draw() * fates.length)]!;
  const whole = writes.reduce(written, flushed);
  if (fate === "whole") return whole;
  if (fate === "cut") return whole.subarray(0, Math.floor(draw() * whole.length));
  if (fate === "empty" && flushed.length === 0) return new Uint8Array();
  if (fate === "zeros") {
    const zeros = writes.map(({ position, bytes }) => ({
      position,
      bytes: new Uint8Array(bytes.length),
    }));
    return zeros.reduce(written, flushed);
  }
  return flushed;
}
