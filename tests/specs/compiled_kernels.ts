import { compile } from "../../lib/engine/compile.ts";
import { CompileError } from "../../lib/engine/errors.ts";
import { tf } from "../../lib/engine/tf.ts";

type Arguments = Parameters<tf.KernelFunc>[0];

/** How often kernels ran as compiled functions, and how often they could not. */
export interface KernelRuns {
  compiled: number;
  plain: number;
}

/** Kernels whose result is their input's own data, which the specs count. */
const sharing = new Set(["Identity", "Reshape"]);

/**
 * Makes every kernel of a backend run as a function that is compiled for the one call. A kernel that
 * cannot be compiled, since it reads values or its result's shape depends on them, runs as it is.
 */
export function compileKernels(backendName: string): KernelRuns {
  const runs = { compiled: 0, plain: 0 };
  let inside = false;
  for (const kernel of tf.getKernelsForBackend(backendName)) {
    if (sharing.has(kernel.kernelName)) continue;
    tf.unregisterKernel(kernel.kernelName, backendName);
    tf.registerKernel({
      ...kernel,
      kernelFunc: (args) => {
        // What a kernel calls is part of what is compiled.
        if (inside) return kernel.kernelFunc(args);
        inside = true;
        try {
          const result = runCompiled(kernel, args);
          runs.compiled += 1;
          return result;
        } catch (error) {
          if (!(error instanceof CompileError)) throw error;
          runs.plain += 1;
          return kernel.kernelFunc(args);
        } finally {
          inside = false;
        }
      },
    });
  }
  return runs;
}

function runCompiled(
  kernel: tf.KernelConfig,
  { inputs, attrs, backend }: Arguments,
): tf.Tensor | tf.Tensor[] {
  const compiled = compile((...stands: tf.Tensor[]) => {
    const given = replaceTensors(inputs, stands) as tf.NamedTensorInfoMap;
    const made = kernel.kernelFunc({ inputs: given, attrs: attrs!, backend });
    return Array.isArray(made) ? made.map(asTensor) : asTensor(made);
  });
  try {
    // Inputs that are not there, as some optional ones, stay so; some are lists of tensors.
    const given = Object.values(inputs).flat().filter(Boolean) as tf.Tensor[];
    return compiled(...given.map(withData));
  } finally {
    compiled.dispose();
  }
}

/** Gradients get tensors that were disposed of, whose data a clone still holds. Users' functions do not. */
function withData(tensor: tf.Tensor): tf.Tensor {
  return tensor.isDisposed ? Object.create(tensor, { isDisposed: { value: false } }) : tensor;
}

/** The same structure with other tensors in their order. */
function replaceTensors(inputs: unknown, stands: tf.Tensor[]): unknown {
  if (inputs instanceof tf.Tensor) return stands.shift();
  if (Array.isArray(inputs)) return inputs.map((each) => replaceTensors(each, stands));
  if (!inputs) return inputs;
  const entries = Object.entries(inputs).map((
    [name, each],
  ) => [name, replaceTensors(each, stands)]);
  return Object.fromEntries(entries);
}

function asTensor(info: tf.TensorInfo): tf.Tensor {
  return info instanceof tf.Tensor ? info : tf.engine().makeTensorFromTensorInfo(info);
}
