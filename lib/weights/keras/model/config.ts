import { type Fields, isList, type Json, jsonFields, jsonList, jsonText } from "./json.ts";

/** A layer of a model, as the model's configuration describes it. */
export interface ModelLayer {
  readonly className: string;
  readonly name: string;
  readonly config: Fields;
  /** Its name after those of the models around it. */
  readonly path: readonly string[];
  /** The same by classes and numbers, as Keras 3 names groups of arrays. */
  readonly group: readonly string[];
  /** Where its inputs come from; empty in a sequential model. */
  readonly calls: readonly Json[];
  /** Its layers and their ends, if it is a model. */
  readonly model?: ModelConfig;
}

/** A model's layers, in an order in which inputs stand before outputs. */
export interface ModelConfig {
  readonly isSequential: boolean;
  readonly layers: readonly ModelLayer[];
  /** The names of the layers that are its inputs. */
  readonly inputs: readonly string[];
  /** The names of the layers that compute its outputs. */
  readonly outputs: readonly string[];
  /** The shape of its input where no layer has it. */
  readonly inputShape?: Json;
}

/**
 * Lists the layers of a model.
 *
 * @param json The configuration of a model, as Keras 2 and Keras 3 write it.
 * @returns `undefined` if it does not list layers: then the model was defined by a class of its own.
 */
export function readModelConfig(
  json: Json,
  around: Pick<ModelLayer, "path" | "group"> = { path: [], group: [] },
): ModelConfig | undefined {
  const { class_name: className, config, build_config: build } = jsonFields(json);
  // Keras 1 and early Keras 2 have the layers in the place of the configuration.
  const fields = isList(config) ? { layers: config } : jsonFields(config);
  if (!isList(fields.layers)) return undefined;
  const used = new Map<string, number>();
  const layers = fields.layers.map((layer) => readLayer(layer, around, used));
  const inputShape = fields.build_input_shape ?? jsonFields(build).input_shape;
  return {
    isSequential: jsonText(className).endsWith("Sequential"),
    layers,
    inputs: historiesIn(fields.input_layers),
    outputs: historiesIn(fields.output_layers),
    ...(inputShape === undefined ? {} : { inputShape }),
  };
}

function readLayer(
  json: Json,
  around: Pick<ModelLayer, "path" | "group">,
  used: Map<string, number>,
): ModelLayer {
  const { class_name: registered, name: outer, config, inbound_nodes: calls } = jsonFields(json);
  const fields = jsonFields(config);
  const className = jsonText(registered).split(">").at(-1)!;
  const name = jsonText(outer) || jsonText(fields.name);
  const snake = snakeCase(className);
  const number = used.get(snake) ?? 0;
  used.set(snake, number + 1);
  const own = {
    path: [...around.path, name],
    group: [...around.group, number === 0 ? snake : `${snake}_${number}`],
  };
  const model = readModelConfig(json, own);
  return {
    ...{ className, name, config: fields, ...own, calls: jsonList(calls) },
    ...(model ? { model } : {}),
  };
}

/** Keras's own rule for the names of groups: `Conv2D` becomes `conv2d`. */
function snakeCase(className: string): string {
  return className.replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
}

/** Returns the names in all `[name, node, output]` in JSON. */
function historiesIn(json: Json | undefined): string[] {
  const name = historyName(json);
  if (name !== undefined) return [name];
  if (isList(json)) return json.flatMap(historiesIn);
  return Object.values(jsonFields(json)).flatMap(historiesIn);
}

/** Returns the name of the layer that computes a tensor, if JSON is such a reference. */
export function historyName(json: Json | undefined): string | undefined {
  if (!isList(json)) return undefined;
  const [name, node, output] = json;
  const isHistory = typeof name === "string" && typeof node === "number" && node >= 0 &&
    typeof output === "number";
  return isHistory ? name : undefined;
}
