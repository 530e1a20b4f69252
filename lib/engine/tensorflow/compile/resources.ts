import type { tf } from "../../tf.ts";
import type { Binding } from "../binding.ts";
import { AttributeType, type OpAttribute } from "../attributes.ts";
import { holders, tensorId, tensorOf } from "../backend_internals.ts";
import { typeAttribute } from "./graph.ts";

type Handle = Deno.PointerObject;

/** TensorFlow's variable behind one of TensorFlow.js's. */
interface Resource {
  readonly handle: Handle;
  readonly dtype: number;
  /** The number of the tensor that stands for what the resource holds. */
  id: number;
}

/**
 * TensorFlow's own variables behind TensorFlow.js's: functions read them, and write them in place. For
 * TensorFlow.js each holds a tensor that is read from the resource when somebody asks for it.
 */
export class Resources {
  readonly #binding: Binding;
  readonly #resources = new WeakMap<tf.Variable, Resource>();
  #count = 0;

  constructor(binding: Binding) {
    this.#binding = binding;
  }

  /** The resource of a variable, ready to be written: it holds the variable's value, which nobody shares. */
  handle(variable: tf.Variable): Handle {
    const known = this.#resources.get(variable);
    const resource = known?.id === tensorId(variable) ? known : this.#make(variable);
    if (holders(variable) > 1) this.#part(variable, resource);
    else this.#binding.tensors.forget(resource.id);
    return resource.handle;
  }

  /** A resource with the variable's present value. */
  #make(variable: tf.Variable): Resource {
    const { ops, tensors } = this.#binding;
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
    this.#represent(variable, resource);
    return resource;
  }

  /** Leaves the value to whoever else holds it, and gives the variable a tensor of its own. */
  #part(variable: tf.Variable, resource: Resource): void {
    this.#binding.tensors.settle(resource.id);
    this.#represent(variable, resource);
  }

  /** Makes the variable hold a new tensor that is read from its resource. */
  #represent(variable: tf.Variable, resource: Resource): void {
    const { ops, tensors } = this.#binding;
    const { handle, dtype } = resource;
    resource.id = tensors.defer({
      read: () => ops.run("ReadVariableOp", [typeAttribute("dtype", dtype)], [handle], 1)[0]!,
      onDelete: () => {
        ops.run("DestroyResourceOp", [], [handle], 0);
        ops.release(handle);
      },
    });
    const tensor = tensorOf({ id: resource.id, shape: variable.shape, dtype });
    variable.assign(tensor);
    tensor.dispose();
  }
}
