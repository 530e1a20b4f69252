/** The name of a class or a function in a pickle. It is not looked up. */
export class PickledName {
  constructor(readonly module: string, readonly name: string) {}

  toString(): string {
    return `${this.module}.${this.name}`;
  }
}

/** A reference to something outside of the pickle. */
export class PickledReference {
  constructor(readonly id: unknown) {}
}

/**
 * An object as a pickle describes it: its class, or the function whose result it is, and the arguments.
 * Nothing was called. As a map it has the items of a dictionary's subclass.
 */
export class PickledObject extends Map<unknown, unknown> {
  /** What the pickle would set the object's state to. */
  state: unknown;
  /** The items of a list's or set's subclass. */
  readonly items: unknown[] = [];

  constructor(readonly type: unknown, readonly args: readonly unknown[]) {
    super();
  }
}
