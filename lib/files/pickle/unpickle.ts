import { PickledName, PickledObject, PickledReference } from "./pickled.ts";
import { PickleMachine } from "./pickle_machine.ts";
import { PickleReader } from "./pickle_reader.ts";

/** The value of a pickle, and the position after it. */
export interface Unpickled {
  readonly value: unknown;
  readonly end: number;
}

/**
 * Reads a Python pickle of protocol 0 to 5 as inert data: dictionaries as maps, lists, tuples and sets as
 * arrays, bytes as views, strings of Python 2 as text if they are short and ASCII, else as bytes. Classes
 * and functions stay names, objects become {@linkcode PickledObject}. Nothing is looked up or called.
 * Tuples are frozen, so that no later operation changes them.
 *
 * @throws {RangeError} If the pickle is damaged, or has more than a million objects.
 */
export function unpickle(bytes: Uint8Array, position = 0): Unpickled {
  const reader = new PickleReader(bytes, position);
  const machine = new PickleMachine();
  for (;;) {
    const code = reader.byte();
    if (code === stop) return { value: machine.pop(), end: reader.position };
    const step = steps.get(code);
    if (!step) throw new RangeError(`a pickle has no operation ${code}`);
    step(machine, reader);
  }
}

type Step = (machine: PickleMachine, reader: PickleReader) => void;

const stop = ".".charCodeAt(0);

/** The maximum length of a text of Python 2: longer strings hold numbers. */
const maxAsciiText = 256;

function asciiOrBytes(bytes: Uint8Array): string | Uint8Array {
  return bytes.length <= maxAsciiText && bytes.every((byte) => byte < 0x80)
    ? new TextDecoder().decode(bytes)
    : bytes;
}

function integerIn(line: string): unknown {
  if (line === "00" || line === "01") return line === "01";
  return Number.parseInt(line, 10);
}

function unescaped(line: string): string {
  return line.replace(/\\u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(parseInt(code, 16)));
}

/** Adds items to a list, a set, or an object of a subclass of theirs. */
function append(target: unknown, items: readonly unknown[]): void {
  const list = target instanceof PickledObject ? target.items : target;
  if (!Array.isArray(list)) throw new RangeError("the pickle adds items to no list");
  if (Object.isFrozen(list)) throw new RangeError("the pickle adds items to a tuple");
  for (const item of items) list.push(item);
}

function setItems(target: unknown, items: readonly unknown[]): void {
  if (!(target instanceof Map)) throw new RangeError("the pickle sets items of no dictionary");
  for (let at = 0; at < items.length; at += 2) target.set(items[at], items[at + 1]);
}

function makeObject(type: unknown, args: unknown): PickledObject {
  const list = Object.freeze(Array.isArray(args) ? [...args] : []);
  const isOrdered = type instanceof PickledName && `${type}` === "collections.OrderedDict";
  const [pairs] = list;
  if (!isOrdered || !Array.isArray(pairs)) return new PickledObject(type, list);
  // Python 2 wrote the items of an ordered dictionary as a list of pairs.
  const dictionary = new PickledObject(type, []);
  for (const pair of pairs) if (Array.isArray(pair)) dictionary.set(pair[0], pair[1]);
  return dictionary;
}

function nameOf(module: unknown, name: unknown): PickledName {
  if (typeof module === "string" && typeof name === "string") return new PickledName(module, name);
  throw new RangeError("a name in the pickle is malformed");
}

/** Numbers and texts. */
const scalars: Readonly<Record<number, (reader: PickleReader) => unknown>> = {
  0x46: (reader) => Number.parseFloat(reader.line()), // FLOAT
  0x49: (reader) => integerIn(reader.line()), // INT
  0x4c: (reader) => integerIn(reader.line()), // LONG
  0x4a: (reader) => reader.int32(), // BININT
  0x4b: (reader) => reader.byte(), // BININT1
  0x4d: (reader) => reader.uint16(), // BININT2
  0x8a: (reader) => reader.long(reader.byte()), // LONG1
  0x8b: (reader) => reader.long(reader.uint32()), // LONG4
  0x47: (reader) => reader.float64(), // BINFLOAT
  0x4e: () => null, // NONE
  0x88: () => true, // NEWTRUE
  0x89: () => false, // NEWFALSE
  0x53: (reader) => reader.line().slice(1, -1), // STRING, in quotes
  0x54: (reader) => asciiOrBytes(reader.bytes(reader.uint32())), // BINSTRING
  0x55: (reader) => asciiOrBytes(reader.bytes(reader.byte())), // SHORT_BINSTRING
  0x56: (reader) => unescaped(reader.line()), // UNICODE
  0x58: (reader) => reader.text(reader.uint32()), // BINUNICODE
  0x8c: (reader) => reader.text(reader.byte()), // SHORT_BINUNICODE
  0x8d: (reader) => reader.text(reader.uint64()), // BINUNICODE8
  0x42: (reader) => reader.bytes(reader.uint32()), // BINBYTES
  0x43: (reader) => reader.bytes(reader.byte()), // SHORT_BINBYTES
  0x8e: (reader) => reader.bytes(reader.uint64()), // BINBYTES8
  0x96: (reader) => reader.bytes(reader.uint64()), // BYTEARRAY8
};

const containers: Readonly<Record<number, Step>> = {
  0x28: (machine) => machine.mark(), // MARK
  0x5d: (machine) => machine.create([]), // EMPTY_LIST
  0x29: (machine) => machine.create(Object.freeze([])), // EMPTY_TUPLE
  0x7d: (machine) => machine.create(new Map()), // EMPTY_DICT
  0x8f: (machine) => machine.create([]), // EMPTY_SET
  0x6c: (machine) => machine.create(machine.popMark()), // LIST
  0x74: (machine) => machine.create(Object.freeze(machine.popMark())), // TUPLE
  0x91: (machine) => machine.create(Object.freeze(machine.popMark())), // FROZENSET
  0x85: (machine) => machine.create(Object.freeze([machine.pop()])), // TUPLE1
  0x86: (machine) => machine.create(Object.freeze([machine.pop(), machine.pop()].reverse())), // TUPLE2
  0x87: (machine) =>
    // TUPLE3
    machine.create(Object.freeze([machine.pop(), machine.pop(), machine.pop()].reverse())),
  0x64: (machine) => { // DICT
    const dictionary = new Map();
    setItems(dictionary, machine.popMark());
    machine.create(dictionary);
  },
  0x61: (machine) => { // APPEND
    const item = machine.pop();
    append(machine.top(), [item]);
  },
  0x65: (machine) => { // APPENDS
    const items = machine.popMark();
    append(machine.top(), items);
  },
  0x90: (machine) => { // ADDITEMS
    const items = machine.popMark();
    append(machine.top(), items);
  },
  0x73: (machine) => { // SETITEM
    const [value, key] = [machine.pop(), machine.pop()];
    setItems(machine.top(), [key, value]);
  },
  0x75: (machine) => { // SETITEMS
    const items = machine.popMark();
    setItems(machine.top(), items);
  },
};

const objects: Readonly<Record<number, Step>> = {
  0x63: (machine, reader) => machine.create(nameOf(reader.line(), reader.line())), // GLOBAL
  0x93: (machine) => { // STACK_GLOBAL
    const [name, module] = [machine.pop(), machine.pop()];
    machine.create(nameOf(module, name));
  },
  0x52: (machine) => { // REDUCE
    const [args, type] = [machine.pop(), machine.pop()];
    machine.create(makeObject(type, args));
  },
  0x81: (machine) => { // NEWOBJ
    const [args, type] = [machine.pop(), machine.pop()];
    machine.create(makeObject(type, args));
  },
  0x92: (machine) => { // NEWOBJ_EX
    const [, args, type] = [machine.pop(), machine.pop(), machine.pop()];
    machine.create(makeObject(type, args));
  },
  0x69: (machine, reader) =>
    // INST
    machine.create(makeObject(nameOf(reader.line(), reader.line()), machine.popMark())),
  0x6f: (machine) => { // OBJ
    const [type, ...args] = machine.popMark();
    machine.create(makeObject(type, args));
  },
  0x62: (machine) => { // BUILD
    const state = machine.pop();
    const object = machine.top();
    if (object instanceof PickledObject) object.state = state;
  },
  0x50: (machine, reader) => machine.create(new PickledReference(reader.line())), // PERSID
  0x51: (machine) => machine.create(new PickledReference(machine.pop())), // BINPERSID
};

const others: Readonly<Record<number, Step>> = {
  0x80: (_, reader) => void reader.byte(), // PROTO
  0x95: (_, reader) => void reader.uint64(), // FRAME
  0x30: (machine) => void machine.pop(), // POP
  0x31: (machine) => void machine.popMark(), // POP_MARK
  0x32: (machine) => machine.push(machine.top()), // DUP
  0x70: (machine, reader) =>
    // PUT
    void machine.memo.set(Number.parseInt(reader.line(), 10), machine.top()),
  0x71: (machine, reader) => void machine.memo.set(reader.byte(), machine.top()), // BINPUT
  0x72: (machine, reader) => void machine.memo.set(reader.uint32(), machine.top()), // LONG_BINPUT
  0x94: (machine) => void machine.memo.set(machine.memo.size, machine.top()), // MEMOIZE
  0x67: (machine, reader) => machine.recall(Number.parseInt(reader.line(), 10)), // GET
  0x68: (machine, reader) => machine.recall(reader.byte()), // BINGET
  0x6a: (machine, reader) => machine.recall(reader.uint32()), // LONG_BINGET
};

const steps: ReadonlyMap<number, Step> = new Map([
  ...Object.entries(scalars).map(([code, read]): [number, Step] => [
    Number(code),
    (machine, reader) => {
      const value = read(reader);
      if (value instanceof Uint8Array) machine.create(value);
      else machine.push(value);
    },
  ]),
  ...[containers, objects, others].flatMap(Object.entries<Step>)
    .map(([code, step]): [number, Step] => [Number(code), step]),
]);
