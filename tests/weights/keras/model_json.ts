/** The JSON of a layer, as Keras writes it. */
export interface LayerJson {
  readonly class_name: string;
  readonly config: Record<string, unknown>;
  readonly name?: string;
  readonly inbound_nodes?: readonly unknown[];
}

let number = 0;

/** A layer, with a name of its own unless its configuration has one. */
export function layer(className: string, config: Record<string, unknown> = {}): LayerJson {
  const name = String(config.name ?? `${className.toLowerCase()}_${++number}`);
  return { class_name: className, config: { name, ...config } };
}

/** A convolution as in Keras's applications. */
export function convolution(filters: number, config: Record<string, unknown> = {}): LayerJson {
  return layer("Conv2D", {
    ...{ filters, kernel_size: [3, 3], strides: [1, 1], padding: "same", dilation_rate: [1, 1] },
    ...{ groups: 1, data_format: "channels_last", activation: "relu", use_bias: true, ...config },
  });
}

/** Max pooling as in Keras's applications. */
export function maxPooling(config: Record<string, unknown> = {}): LayerJson {
  return layer("MaxPooling2D", {
    ...{ pool_size: [2, 2], strides: [2, 2], padding: "valid", data_format: "channels_last" },
    ...config,
  });
}

export function dense(units: number, activation = "linear"): LayerJson {
  return layer("Dense", { units, activation, use_bias: true });
}

/** The convolutional layers of a VGG11, with names and filters like those of `buildVGG`. */
export function vgg11(
  block: (name: string, filters: number) => readonly LayerJson[] = (name, filters) => [
    convolution(filters, { name }),
  ],
): LayerJson[] {
  return [1, 1, 2, 2, 2].flatMap((count, index) => [
    ...Array.from(
      { length: count },
      (_, at) => block(`block${index + 1}_conv${at + 1}`, Math.min(8, 2 ** index)),
    ).flat(),
    maxPooling({ name: `block${index + 1}_pool` }),
  ]);
}

/** The input layer of Keras 3. */
export function input(...shape: readonly (number | null)[]): LayerJson {
  return layer("InputLayer", { batch_shape: [null, ...shape] });
}

/** Global average pooling. */
export const average: LayerJson = layer("GlobalAveragePooling2D", { keepdims: false });

export function sequential(layers: readonly LayerJson[], name = "sequential"): LayerJson {
  return { class_name: "Sequential", config: { name, layers } };
}

/** The JSON of a tensor in Keras 3. */
export function tensor(from: LayerJson): unknown {
  return {
    class_name: "__keras_tensor__",
    config: { shape: [null], dtype: "float32", keras_history: [from.config.name, 0, 0] },
  };
}

/** Calls a layer in Keras 3. */
export function called(one: LayerJson, ...args: readonly unknown[]): LayerJson {
  return { ...one, name: String(one.config.name), inbound_nodes: [{ args, kwargs: {} }] };
}

/** A functional model of Keras 3; layers without a call read the layer before them. */
export function functional(layers: readonly LayerJson[], name = "functional"): LayerJson {
  const chained = layers.map((one, index) =>
    one.inbound_nodes
      ? one
      : index === 0
      ? { ...one, name: String(one.config.name), inbound_nodes: [] }
      : called(one, tensor(layers[index - 1]!))
  );
  const [first, last] = [chained[0]!, chained.at(-1)!];
  return {
    class_name: "Functional",
    config: {
      name,
      layers: chained,
      input_layers: [first.name, 0, 0],
      output_layers: [last.name, 0, 0],
    },
  };
}

/** A functional model of Keras 2; each layer reads the one before it. */
export function functional2(
  layers: readonly (LayerJson & { readonly options?: Record<string, unknown> })[],
): LayerJson {
  const names = layers.map(({ config }) => String(config.name));
  const nodes = layers.map(({ class_name: className, options }, index) => {
    if (index === 0) return [];
    const call = [names[index - 1], 0, 0, options ?? {}];
    return className.endsWith("OpLambda") ? [call] : [[call]];
  });
  return {
    class_name: "Functional",
    config: {
      name: "model",
      layers: layers.map(({ options: _, ...one }, index) => ({
        ...{ ...one, name: names[index]!, inbound_nodes: nodes[index]! },
      })),
      input_layers: [[names[0], 0, 0]],
      output_layers: [[names.at(-1), 0, 0]],
    },
  };
}
