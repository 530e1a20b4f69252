import { darkColor } from "./dark_theme.ts";
import { colors } from "./palette.ts";

/** The figures' colors as variables of a style sheet, for light and for dark screens. */
export function themeVariables(): string {
  const variables = (colorOf: (color: string) => string): string =>
    Object.entries(colors).map(([name, color]) => `--${name}: ${colorOf(color)};`).join(" ");
  return `:root { ${variables((color) => color)} }
@media screen and (prefers-color-scheme: dark) { :root { ${variables(darkColor)} } }`;
}
