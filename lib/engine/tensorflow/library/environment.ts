// The names by which users of this project configure the engine. Nothing else in it depends on them.

/** The environment variable with the path of TensorFlow's library, or of its folder. */
export const pathVariable = "VGG_TENSORFLOW";

/** The environment variable that refuses native code, unless it is empty or 0. */
export const refuseVariable = "VGG_NO_NATIVE";

/** The environment variable that makes pip download the whole wheel, unless it is empty or 0. */
const pipVariable = "VGG_USE_PIP";

/** Whether {@linkcode refuseVariable} refuses native code. */
export function isRefused(): boolean {
  return isSet(refuseVariable);
}

/** Whether {@linkcode pipVariable} asks for pip. */
export function usesPip(): boolean {
  return isSet(pipVariable);
}

function isSet(variable: string): boolean {
  const value = Deno.env.get(variable);
  return value !== undefined && value !== "" && value !== "0";
}
