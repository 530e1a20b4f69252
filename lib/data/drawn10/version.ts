/**
 * The version of the drawings. It changes with any pixel of any image: images drawn before are kept in
 * `data/cache` under their version.
 */
export const drawingVersion = 3;
