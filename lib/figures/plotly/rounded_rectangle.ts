import type { Shape } from "plotly.js";

/** A rectangle with round corners, on axes that count pixels from the top left. */
export function roundedRectangle(
  left: number,
  top: number,
  width: number,
  height: number,
  radius: number,
  style: Partial<Shape>,
): Partial<Shape> {
  const right = left + width, bottom = top + height, r = radius;
  const path = `M${left + r},${top} L${right - r},${top} Q${right},${top} ${right},${top + r} ` +
    `L${right},${bottom - r} Q${right},${bottom} ${right - r},${bottom} ` +
    `L${left + r},${bottom} Q${left},${bottom} ${left},${bottom - r} ` +
    `L${left},${top + r} Q${left},${top} ${left + r},${top} Z`;
  return { type: "path", layer: "below", path, ...style };
}
