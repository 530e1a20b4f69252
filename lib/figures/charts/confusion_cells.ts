import type { Annotations, ColorScale, Data } from "plotly.js";
import type { ClassLabel } from "../../data/dataset.ts";
import { sumOf } from "../../runs/sparse.ts";
import { blend, readableOn } from "../plotly/color.ts";
import { colors, note, sizes } from "../plotly/style.ts";
import { plain } from "../plotly/text.ts";

/** A confusion matrix and the part of it that is drawn. */
export interface Cells {
  /** `confusion[actual][predicted]` counts images. */
  readonly confusion: readonly (readonly number[])[];
  readonly classes: readonly ClassLabel[];
  /** The indices of the drawn classes, in order. */
  readonly chosen: readonly number[];
  /** The side of a cell in pixels. */
  readonly cell: number;
}

/**
 * Draws the colors of the cells: the fraction of all images of the actual class, including those
 * predicted as classes that are not drawn; negative for mistakes. Rows without images stay empty.
 */
export function drawShares(cells: Cells): Partial<Data> {
  const { cell } = cells;
  const gap = cell >= 30 ? 2 : cell >= 8 ? 1 : 0;
  return {
    type: "heatmap",
    z: signedShares(cells),
    zmin: -1,
    zmax: 1,
    colorscale: colorScale(),
    xgap: gap,
    ygap: gap,
    hovertemplate: "%{text}<extra></extra>",
    // Plotly's types allow one list of texts; a heatmap takes one list per row.
    text: hoverTexts(cells) as unknown as string[],
    // The classes of the rows and columns, so that a page knows which cell was clicked.
    customdata: [...cells.chosen],
    colorbar: {
      ticklabeloverflow: "allow",
      x: 1,
      xanchor: "left",
      xpad: 18,
      y: 1,
      yanchor: "top",
      ypad: 6,
      lenmode: "pixels",
      len: scaleLength(cells),
      thickness: 12,
      outlinewidth: 0,
      // Invisible ticks keep the labels away from the scale.
      ticks: "outside",
      ticklen: 4,
      tickcolor: colors.paper,
      tickvals: [-1, -0.5, 0, 0.5, 1],
      ticktext: ["100 % wrong", "50 %", "0", "50 %", "100 % correct"],
      tickfont: { size: sizes.small, color: colors.muted },
    },
  };
}

/** A note below the color scale that says what it means. */
export function explainScale(cells: Cells): Partial<Annotations> {
  return note("fraction of the<br>images with the<br>actual label", {
    align: "left",
    xref: "paper",
    x: 1,
    xanchor: "left",
    xshift: 18,
    yref: "paper",
    y: 1,
    yanchor: "top",
    yshift: -scaleLength(cells) - 14,
  });
}

function scaleLength({ cell, chosen }: Cells): number {
  return Math.min(cell * chosen.length * 0.75, 280);
}

/** Draws the number of images in each cell, dark or white depending on its color; zeros are faint. */
export function drawCounts(cells: Cells): Partial<Data> {
  const { confusion, chosen, cell } = cells;
  const shares = signedShares(cells);
  const positions = chosen.flatMap((_, row) => chosen.map((_, column) => ({ row, column })));
  const counts = positions.map(({ row, column }) => confusion[chosen[row]!]![chosen[column]!] ?? 0);
  const digits = String(Math.max(...counts)).length;
  return {
    type: "scatter",
    mode: "text",
    x: positions.map(({ column }) => column),
    y: positions.map(({ row }) => row),
    text: counts.map((count, index) =>
      shares[positions[index]!.row]![0] === null ? "" : String(count)
    ),
    textfont: {
      size: Math.min(14, Math.floor((cell - 6) / (digits * 0.64))),
      // Plotly's types allow one color; a list has one for each text.
      color: positions.map(({ row, column }, index) =>
        counts[index] === 0 ? colors.faint : readableOn(colorOf(shares[row]![column] ?? 0))
      ) as unknown as string,
    },
    hoverinfo: "skip",
  };
}

function signedShares({ confusion, chosen }: Cells): (number | null)[][] {
  return chosen.map((actual) => {
    const row = confusion[actual]!;
    const total = sumOf(row);
    return chosen.map((predicted) => {
      if (total === 0) return null;
      const share = (row[predicted] ?? 0) / total;
      // Adding 0 turns -0 into 0; JSON writes both as 0.
      return (actual === predicted ? share : -share) + 0;
    });
  });
}

function hoverTexts({ confusion, classes, chosen }: Cells): string[][] {
  const names = classes.map(({ name }) => plain(name));
  return chosen.map((actual) => {
    const total = sumOf(confusion[actual]!);
    return chosen.map((predicted) =>
      `${confusion[actual]![predicted] ?? 0} of ${total} images of <b>${names[actual]}</b><br>` +
      `predicted as <b>${names[predicted]}</b>`
    );
  });
}

/** The color changes faster near zero, so that a few mistakes are visible. */
function colorOf(share: number): string {
  const strength = Math.abs(share) ** 0.65;
  return blend(colors.paper, share < 0 ? colors.wrong : colors.correct, strength);
}

function colorScale(): ColorScale {
  const steps = 20;
  return Array.from({ length: steps + 1 }, (_, step): [number, string] => [
    step / steps,
    colorOf(2 * step / steps - 1),
  ]);
}
