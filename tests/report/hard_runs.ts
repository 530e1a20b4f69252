import { join } from "@std/path";
import { writeReport } from "../../lib/report/write_report.ts";
import { fakeHistory } from "../figures/support.ts";
import { makeRun } from "./example_runs.ts";

const longNames = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `a rather long name of a class, number ${index}`);

/** Names of classes that are hard to draw. */
const names: Readonly<Record<string, readonly string[]>> = {
  "1 class": ["only"],
  "2 classes": ["no", "yes"],
  "5 classes of other scripts": [
    "自動車の大きな赤い消防車と梯子車の写真",
    "猫",
    "سيارة إطفاء حمراء كبيرة جدا مع سلم طويل",
    "קוף",
    "Ένα πολύ μεγάλο κόκκινο πυροσβεστικό όχημα",
  ],
  "25 long names": longNames(25),
  "40 long names": longNames(40),
  "40 names without spaces": Array.from(
    { length: 40 },
    (_, index) => `Tomato___Two-spotted_spider_mite_and_other_${index}_diseases_of_leaves`,
  ),
  "100 classes": Array.from({ length: 100 }, (_, index) => `class ${index}`),
};

/** Writes reports of runs that are hard to show; returns the pages' paths by what they show. */
export async function writeHardReports(folder: string): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  const write = async (name: string, runs: readonly string[]): Promise<void> => {
    const output = join(folder, `${name}.html`);
    pages.set(name, await writeReport(runs, { output, explain: false }));
  };
  for (const [name, classes] of Object.entries(names)) {
    const run = await makeRun(
      join(folder, name),
      classes.map((name, index) => ({ id: `c${index}`, name })),
    );
    if (name === "2 classes") await run.writeHistory(fakeHistory(1));
    await write(name, [run.directory]);
  }
  const runs: string[] = [];
  for (let seed = 1; seed <= 20; seed++) {
    const name = `a-run-with-a-rather-long-name-and-seed-${seed}`;
    const { directory } = await makeRun(join(folder, name), undefined, { seed, name });
    runs.push(directory);
  }
  await write("2 runs", runs.slice(0, 2));
  await write("20 runs", runs);
  return pages;
}
