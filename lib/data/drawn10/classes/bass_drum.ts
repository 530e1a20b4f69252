import { type Color, css, hsl } from "../color.ts";
import { castShadow, lit } from "../light.ts";
import type { Scene } from "../scene.ts";
import { limb, oval } from "../shapes.ts";
import { skinColor } from "./drum_skin.ts";

/** A bass drum: a wide skin in a hoop, facing the camera. */
export function bassDrum(scene: Scene, shell: Color): void {
  const { pen, random, light } = scene;
  const radius = random.uniform(24, 31);
  const away = random.uniform(-9, 9);
  const squeeze = 1 - Math.abs(away) * 0.016;
  castShadow(pen, light, away * 0.5, 0, radius * 2, 50);
  pen.fillStyle = css(lit(light, shell, -0.45));
  limb(pen, [away, -radius], [away / 2, -radius], [0, -radius], radius * 1.9, radius * 2);
  pen.fill();
  const face = skinColor(scene);
  const fill = pen.createLinearGradient(-radius * light.side, 0, radius * light.side, -2 * radius);
  fill.addColorStop(0, css(lit(light, face, -0.5)));
  fill.addColorStop(1, css(lit(light, face, 0.3)));
  pen.fillStyle = fill;
  oval(pen, 0, -radius, radius * squeeze, radius);
  pen.fill();
  const badge = hsl(random.uniform(0, 360), 0.5, 0.35);
  pen.fillStyle = css(lit(light, badge, 0), 0.8);
  oval(pen, 0, -radius, radius * random.uniform(0.25, 0.5), radius * random.uniform(0.2, 0.5));
  pen.fill();
  for (const [width, facing] of [[4, -0.3], [1.4, 0.6]] as const) {
    pen.strokeStyle = css(lit(light, shell, facing));
    pen.lineWidth = width;
    oval(pen, 0, -radius, radius * squeeze, radius);
    pen.stroke();
  }
  pen.fillStyle = css(lit(light, [200, 202, 206], 0.3));
  for (let claw = 0; claw < 10; claw++) {
    const angle = claw / 5 * Math.PI + 0.3;
    oval(pen, Math.cos(angle) * radius * squeeze, -radius + Math.sin(angle) * radius, 1.4, 1.4);
    pen.fill();
  }
}
