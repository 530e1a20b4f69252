import type { RunRecord } from "../runs/run_record.ts";
import { dataTable } from "./data_table.ts";
import { type FlatSettings, flatten } from "./flatten.ts";
import { type Content, markup } from "./markup.ts";
import { asShell, repeatCommand } from "./repeat_command.ts";
import type { Trained } from "./reported_run.ts";
import { heading, type Section, section, type Setting } from "./section.ts";

/** Everything that was decided before a run's first step, and the command that decides it again. */
export function settingsSection(trained: Trained, setting: Setting): Section {
  const { record } = trained;
  const tables = Object.entries(settingGroups(record)).map(([name, settings]) =>
    dataTable({
      caption: name,
      columns: ["Setting", "Value"],
      rows: [...flatten(settings)],
    })
  );
  return section(
    setting,
    "settings",
    "Settings",
    heading(setting.level + 1, "To repeat it"),
    repeating(trained),
    warnings(record),
    heading(setting.level + 1, "Every setting"),
    markup`<div class="settings">${tables}</div>`,
  );
}

/** A run's settings by what they are about. */
export function settingGroups(record: RunRecord): Readonly<Record<string, unknown>> {
  const { data, model, recipe, start, seed, microBatch, precision, engine, hardware } = record;
  const { classes, broken, ...images } = data;
  const { seed: _, ...network } = model;
  return {
    Network: { ...network, parameters: record.parameters, start },
    Recipe: { ...recipe, seed, imagesAtOnce: microBatch },
    Data: {
      ...images,
      classes: classes.map(({ id, name }) => id === name ? name : `${name} (${id})`),
      brokenFiles: broken.length,
    },
    Machine: { engine, precision, ...hardware },
    Versions: record.versions,
  };
}

/** All settings of a run by name, without what differs from run to run by itself. */
export function comparableSettings(record: RunRecord): FlatSettings {
  const groups = settingGroups(record);
  return new Map(
    Object.entries(groups).flatMap(([group, settings]) =>
      [...flatten(settings)].map(([name, value]) => [`${group}: ${name}`, value] as const)
    ),
  );
}

function repeating({ record, whole }: Trained): Content {
  const { words, missing } = repeatCommand(record, whole);
  const names = missing.map((name) => name.replace(/^\w+, /, ""));
  return [
    markup`<pre><code>${phrases(["deno", "task", ...words])}</code></pre>`,
    names.length > 0
      ? markup`<p class="note">This version has other values, and no flag, for: ${
        names.join("; ")
      }.</p>`
      : undefined,
    markup`<p class="lead">The same version on the same kind of machine gives the same numbers, but for
what floating-point sums in another order change.</p>`,
  ];
}

/** A command in parts that stay together where a line ends: a flag and its value. */
function phrases(words: readonly string[]): Content {
  const starts = [...words.keys()].filter((at) => at === 0 || words[at]!.startsWith("--"));
  return starts.map((start, index) =>
    markup`<span>${asShell(words.slice(start, starts[index + 1]))}</span> `
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
