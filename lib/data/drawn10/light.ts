import type { CanvasGradient } from "@napi-rs/canvas";
import type { RandomStream } from "../../random/stream.ts";
import { type Color, css, hsl, mix, multiplyColor, white } from "./color.ts";
import { chance, type Pen } from "./pen.ts";

/** The light of an image. */
export interface Light {
  /** The direction: from -1, the left, to 1, the right. */
  readonly side: number;
  /** From 0, grazing with long shadows, to 1, from above. */
  readonly height: number;
  /** From 0, an overcast sky, to 1, a hard sun or lamp. */
  readonly hardness: number;
  readonly color: Color;
  /** The color of shadows. */
  readonly shadow: Color;
}

/** Draws a light: warm like a lamp or a low sun, or cold like the sky; mostly almost white. */
export function randomLight(random: RandomStream): Light {
  const warm = chance(random, 0.45);
  const strength = random.uniform(0.05, 0.7);
  const color = mix(white, warm ? hsl(34, 1, 0.72) : hsl(212, 1, 0.84), strength);
  return {
    side: random.uniform(-1, 1),
    height: random.uniform(0.25, 0.95),
    hardness: random.uniform(0.25, 1),
    color,
    shadow: mix(hsl(warm ? 235 : 25, 0.3, 0.13), [18, 18, 20], random.uniform(0, 1)),
  };
}

/**
 * The color of a surface that faces the light (`facing` 1), is parallel to it (0) or faces away (-1).
 */
export function lit(light: Light, color: Color, facing: number): Color {
  const neutral = multiplyColor(color, light.color);
  if (facing >= 0) return mix(neutral, light.color, facing * (0.22 + 0.3 * light.hardness));
  return mix(
    neutral,
    multiplyColor(mix(light.shadow, color, 0.25), mix(white, light.shadow, 0.3)),
    -facing * (0.5 + 0.35 * light.hardness),
  );
}

/** A fill that makes a disc of this radius look like a ball. */
export function ballFill(
  pen: Pen,
  light: Light,
  x: number,
  y: number,
  radius: number,
  color: Color,
): CanvasGradient {
  const shiftX = light.side * radius * 0.45;
  const shiftY = -(0.2 + light.height * 0.35) * radius;
  const fill = pen.createRadialGradient(x + shiftX, y + shiftY, 0, x, y, radius * 1.15);
  fill.addColorStop(0, css(lit(light, color, 0.75)));
  fill.addColorStop(0.45, css(lit(light, color, 0)));
  fill.addColorStop(1, css(lit(light, color, -0.95)));
  return fill;
}

/** A fill that makes a shape from `left` to `right` look like an upright cylinder. */
export function tubeFill(
  pen: Pen,
  light: Light,
  left: number,
  right: number,
  color: Color,
  shine = 0.5,
): CanvasGradient {
  const fill = pen.createLinearGradient(left, 0, right, 0);
  const peak = 0.5 + light.side * 0.3;
  fill.addColorStop(0, css(lit(light, color, -0.35 - 0.6 * peak)));
  fill.addColorStop(peak, css(lit(light, color, shine)));
  fill.addColorStop(1, css(lit(light, color, -0.95 + 0.6 * peak)));
  return fill;
}

/** Draws the soft shadow on the ground of an object of the given width and height. */
export function castShadow(
  pen: Pen,
  light: Light,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const length = height * (1.1 - light.height) * Math.abs(light.side);
  const away = light.side < 0 ? 1 : -1;
  const radius = width * 0.5 + length * 0.5 + 1.5;
  const depth = width * 0.17 + 1;
  pen.save();
  pen.translate(x + away * length * 0.5, y);
  pen.scale(1, depth / radius);
  const fill = pen.createRadialGradient(0, 0, radius * 0.35 * light.hardness, 0, 0, radius);
  const darkness = 0.4 + 0.35 * light.hardness;
  fill.addColorStop(0, css(light.shadow, darkness));
  fill.addColorStop(0.6, css(light.shadow, darkness * 0.6));
  fill.addColorStop(1, css(light.shadow, 0));
  pen.fillStyle = fill;
  pen.fillRect(-radius, -radius, radius * 2, radius * 2);
  pen.restore();
}
