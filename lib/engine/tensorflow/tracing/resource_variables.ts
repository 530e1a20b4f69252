import type { Pointer } from "../../../open_library.ts";
import type { tf } from "../../tf.ts";
import type { Binding } from "../binding.ts";
import { AttributeType, type OpAttribute } from "../capi/attributes.ts";
import { DataType } from "../capi/c_api.ts";
import { refCount, tensorId, tensorOf } from "../tfjs_node_internals.ts";
import type { FixedValue } from "./fixed_value.ts";
import { typeAttribute } from "./graph.ts";

type Handle = Pointer;

/** TensorFlow's resource behind a variable of TensorFlow.js. */
interface Resource {
  readonly handle: Handle;
  readonly dtype: number;
  /** The id of the tensor that stands for the resource's value. */
  id: number;
  /** Its value cast to bfloat16, if that was needed since the last write. */
  reduced?: Handle | undefined;
  /** What else was computed of its value since then. */
  readonly kept: Set<KeptValue>;
}

/** What was computed of the values of variables. */
interface KeptValue {
  readonly key: string;
  readonly handle: Handle;
  readonly resources: readonly Resource[];
}

/**
 * TensorFlow's resource variables behind those of TensorFlow.js. Compiled functions read them and write
 * them in place. TensorFlow.js sees a tensor that is read from the resource when it is first used.
 */
export class ResourceVariables {
  readonly #binding: Binding;
  readonly #resources = new WeakMap<tf.Variable, Resource>();
  /** By the keys of their values. */
  readonly #kept = new Map<string, KeptValue>();
  #count = 0;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /**
   * The resource of a variable, ready to be written in place: it holds the variable's value, and no
   * other tensor shares that.
   */
  handle(variable: tf.Variable): Handle {
    const resource = this.#current(variable);
    if (refCount(variable) > 1) this.#split(variable, resource);
    else this.#binding.tensors.evict(resource.id);
    return resource.handle;
  }

  /** A variable's value in bfloat16, which is cast once and kept until {@linkcode dropKept}. */
  reduced(variable: tf.Variable): Handle {
    const resource = this.#current(variable);
    return resource.reduced ??= this.#reduce(resource);
  }

  /** A value that depends only on variables: computed once and kept until {@linkcode dropKept} of one of them. */
  kept(value: FixedValue): Handle {
    const resources = [...value.variables].map((variable) => this.#current(variable));
    const known = this.#kept.get(value.key);
    if (known?.resources.every((resource, index) => resource === resources[index])) {
      return known.handle;
    }
    if (known) this.#forget(known);
    const handle = value.compute({
      binding: this.#binding,
      readVariable: (variable) => {
        const { handle, dtype } = this.#current(variable);
        return this.#read(handle, dtype);
      },
    });
    const kept = { key: value.key, handle, resources };
    this.#kept.set(value.key, kept);
    for (const resource of resources) resource.kept.add(kept);
    return handle;
  }

  /**
   * Frees the bfloat16 casts of variables, and what else is kept of them. Call it before a function writes them
   * in place, which needs the memory, and after, as another call may have cast them meanwhile.
   */
  dropKept(variables: readonly tf.Variable[]): void {
    for (const variable of variables) {
      const resource = this.#resources.get(variable);
      if (resource) this.#drop(resource);
    }
  }

  #current(variable: tf.Variable): Resource {
    const known = this.#resources.get(variable);
    return known?.id === tensorId(variable) ? known : this.#make(variable);
  }

  #reduce({ handle, dtype }: Resource): Handle {
    const { context } = this.#binding;
    const value = this.#read(handle, dtype);
    const types = [typeAttribute("SrcT", dtype), typeAttribute("DstT", DataType.bfloat16)];
    try {
      return context.run("Cast", types, [value], 1)[0]!;
    } finally {
      context.release(value);
    }
  }

  #drop(resource: Resource): void {
    if (resource.reduced) this.#binding.context.release(resource.reduced);
    resource.reduced = undefined;
    for (const kept of resource.kept) this.#forget(kept);
  }

  #forget(value: KeptValue): void {
    this.#binding.context.release(value.handle);
    this.#kept.delete(value.key);
    for (const { kept } of value.resources) kept.delete(value);
  }

  #read(handle: Handle, dtype: number): Handle {
    const types = [typeAttribute("dtype", dtype)];
    return this.#binding.context.run("ReadVariableOp", types, [handle], 1)[0]!;
  }

  /** Makes a resource with the variable's present value. */
  #make(variable: tf.Variable): Resource {
    const { context, tensors } = this.#binding;
    const value = tensors.get(tensorId(variable));
    const { dtype, shape } = tensors.describe(value);
    const attributes: OpAttribute[] = [
      typeAttribute("dtype", dtype),
      { name: "shape", type: AttributeType.shape, value: shape },
      { name: "shared_name", type: AttributeType.string, value: `variable_${this.#count++}` },
    ];
    const handle = context.run("VarHandleOp", attributes, [], 1)[0]!;
    context.run("AssignVariableOp", [typeAttribute("dtype", dtype)], [handle, value], 0);
    const resource = { handle, dtype, id: -1, kept: new Set<KeptValue>() };
    this.#resources.set(variable, resource);
    this.#represent(variable, resource);
    return resource;
  }

  /** Leaves the present value to the other tensors that share it, and gives the variable its own tensor. */
  #split(variable: tf.Variable, resource: Resource): void {
    this.#binding.tensors.commit(resource.id);
    this.#represent(variable, resource);
  }

  /** Assigns the variable a new tensor that is read from its resource on first use. */
  #represent(variable: tf.Variable, resource: Resource): void {
    const { context, tensors } = this.#binding;
    const { handle, dtype } = resource;
    resource.id = tensors.defer({
      read: () => this.#read(handle, dtype),
      onDelete: () => {
        this.#drop(resource);
        context.run("DestroyResourceOp", [], [handle], 0);
        context.release(handle);
      },
    });
    const tensor = tensorOf({ id: resource.id, shape: variable.shape, dtype });
    variable.assign(tensor);
    tensor.dispose();
  }
}
