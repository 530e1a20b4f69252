import type { tf } from "../../tf.ts";
import type { Binding } from "../binding.ts";
import { AttributeType, type OpAttribute } from "../capi/attributes.ts";
import { DataType } from "../capi/c_api.ts";
import { refCount, tensorId, tensorOf } from "../tfjs_node_internals.ts";
import { typeAttribute } from "./graph.ts";

type Handle = Deno.PointerObject;

/** TensorFlow's variable behind one of TensorFlow.js's. */
interface Resource {
  readonly handle: Handle;
  readonly dtype: number;
  /** The number of the tensor that stands for what the resource holds. */
  id: number;
  /** What it holds in bfloat16, if somebody needed that since it was written. */
  reduced?: Handle | undefined;
}

/**
 * TensorFlow's own variables behind TensorFlow.js's: functions read them, and write them in place. For
 * TensorFlow.js each holds a tensor that is read from the resource when somebody asks for it.
 */
export class ResourceVariables {
  readonly #binding: Binding;
  readonly #resources = new WeakMap<tf.Variable, Resource>();
  #count = 0;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /** The resource of a variable, ready to be written: it holds the variable's value, which nobody shares. */
  handle(variable: tf.Variable): Handle {
    const resource = this.#current(variable);
    if (refCount(variable) > 1) this.#split(variable, resource);
    else this.#binding.tensors.forget(resource.id);
    return resource.handle;
  }

  /** What a variable holds, in bfloat16: it is cast once, until {@linkcode dropReduced}. */
  reduced(variable: tf.Variable): Handle {
    const resource = this.#current(variable);
    return resource.reduced ??= this.#reduce(resource);
  }

  /**
   * Drops what was cast of variables: before a function writes them in place, as it needs the memory, and
   * after, as somebody may have asked meanwhile.
   */
  dropReduced(variables: readonly tf.Variable[]): void {
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
    const { context: ops } = this.#binding;
    const value = this.#read(handle, dtype);
    const types = [typeAttribute("SrcT", dtype), typeAttribute("DstT", DataType.bfloat16)];
    try {
      return ops.run("Cast", types, [value], 1)[0]!;
    } finally {
      ops.release(value);
    }
  }

  #drop(resource: Resource): void {
    if (resource.reduced) this.#binding.context.release(resource.reduced);
    resource.reduced = undefined;
  }

  #read(handle: Handle, dtype: number): Handle {
    const types = [typeAttribute("dtype", dtype)];
    return this.#binding.context.run("ReadVariableOp", types, [handle], 1)[0]!;
  }

  /** A resource with the variable's present value. */
  #make(variable: tf.Variable): Resource {
    const { context: ops, tensors } = this.#binding;
    const value = tensors.get(tensorId(variable));
    const { dtype, shape } = tensors.describe(value);
    const attributes: OpAttribute[] = [
      typeAttribute("dtype", dtype),
      { name: "shape", type: AttributeType.shape, value: shape },
      { name: "shared_name", type: AttributeType.string, value: `vgg_${this.#count++}` },
    ];
    const handle = ops.run("VarHandleOp", attributes, [], 1)[0]!;
    ops.run("AssignVariableOp", [typeAttribute("dtype", dtype)], [handle, value], 0);
    const resource = { handle, dtype, id: -1 };
    this.#resources.set(variable, resource);
    this.#readVariable(variable, resource);
    return resource;
  }

  /** Leaves the value to whoever else holds it, and gives the variable a tensor of its own. */
  #split(variable: tf.Variable, resource: Resource): void {
    this.#binding.tensors.settle(resource.id);
    this.#readVariable(variable, resource);
  }

  /** Makes the variable hold a new tensor that is read from its resource. */
  #readVariable(variable: tf.Variable, resource: Resource): void {
    const { context: ops, tensors } = this.#binding;
    const { handle, dtype } = resource;
    resource.id = tensors.defer({
      read: () => this.#read(handle, dtype),
      onDelete: () => {
        this.#drop(resource);
        ops.run("DestroyResourceOp", [], [handle], 0);
        ops.release(handle);
      },
    });
    const tensor = tensorOf({ id: resource.id, shape: variable.shape, dtype });
    variable.assign(tensor);
    tensor.dispose();
  }
}
