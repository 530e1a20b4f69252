/**
 * Returns what to do with a file of a checkpoint in TensorFlow's own format, which consists of several files
 * and is not read here; `undefined` for other names of files.
 */
export function checkpointAdvice(path: string): string | undefined {
  if (!/(\.index|\.data-\d{5}-of-\d{5}|(^|[\\/])checkpoint)$/.test(path)) return undefined;
  return `${path} is part of a checkpoint of TensorFlow, whose format is not read here; ` +
    "load it in Keras and save it with model.save_weights('NAME.weights.h5')";
}
