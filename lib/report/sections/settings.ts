import { type Content, type Html, markup } from "../../display/markup.ts";
import { textColumn } from "../../display/table.ts";
import { leftOutText } from "../../data/left_out.ts";
import type { RunRecord } from "../../runs/run_record.ts";
import { type FlatSettings, flatten } from "../flat_settings.ts";
import { heading, scrollTable, type Section, section, type SectionContext } from "./section.ts";

/** The command that started a run, its warnings, and everything that was decided before its first step. */
export function settingsSection(record: RunRecord, context: SectionContext): Section {
  const { command } = record;
  const tables = Object.entries(settingGroups(record)).map(([title, settings]) =>
    scrollTable({ title, columns: ["Setting", textColumn("Value")], rows: [...flatten(settings)] })
  );
  return section(
    context,
    "settings",
    "Settings",
    command ? [heading(context.level + 1, "Command"), commandBlock(command)] : undefined,
    warnings(record),
    heading(context.level + 1, "All settings"),
    markup`<div class="settings">${tables}</div>`,
  );
}

/** Lines end before a flag rather than between a flag and its value. */
function commandBlock(command: string): Html {
  const phrases = command.split(/ (?=--)/).map((phrase) => markup`<span>${phrase}</span> `);
  return markup`<pre><code>${phrases}</code></pre>
<p class="lead">The same version on the same kind of machine gives the same numbers, except for the
order of floating-point sums.</p>`;
}

/** A run's settings by subject. */
function settingGroups(record: RunRecord): Readonly<Record<string, unknown>> {
  const { data, model, recipe, start, seed, microBatch, precision, engine, hardware } = record;
  const { classes, broken, unused, ...images } = data;
  const { seed: _, ...network } = model;
  return {
    Network: { ...network, parameters: record.parameters, start },
    Recipe: { ...recipe, seed, maxBatchSize: microBatch },
    Data: {
      ...images,
      classes: classes.map(({ id, name }) => id === name ? name : `${name} (${id})`),
      brokenFiles: broken.length,
      ...(unused ? { leftOut: leftOutText(unused) || "nothing" } : {}),
    },
    Machine: { engine, precision, ...hardware },
    Versions: record.versions,
  };
}

/** Returns all settings of a run by name, which tells runs apart. */
export function comparableSettings(record: RunRecord): FlatSettings {
  return new Map(
    Object.entries(settingGroups(record)).flatMap(([group, settings]) =>
      [...flatten(settings)].map(([name, value]) => [`${group}: ${name}`, value] as const)
    ),
  );
}

function warnings({ warnings, data }: RunRecord): Content {
  const broken = data.broken.map(({ path, reason }) =>
    `Broken image, left out: ${path} (${reason})`
  );
  const all = [...warnings, ...broken];
  return all.length === 0
    ? undefined
    : markup`<ul class="note">${all.map((warning) => markup`<li>${warning}</li>`)}</ul>`;
}
