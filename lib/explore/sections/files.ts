import { plural } from "../../display/format.ts";
import { type Content, type Html, markup } from "../../display/markup.ts";
import { numbers } from "../../display/table.ts";
import {
  heading,
  scrollTable,
  type Section,
  section,
  type SectionContext,
} from "../../report/sections/section.ts";
import type { ExplorationFacts, Oddity, PictureRef } from "../facts.ts";
import { oddityTexts } from "../oddities.ts";
import type { Thumbnails } from "../thumbnails.ts";

/** The maximum number of pictures of an oddity, and of files of a reason. */
const maxShown = 6, maxNamed = 20;

/** Files that cannot be read, that are not used, and that are odd. */
export async function filesSection(
  facts: ExplorationFacts,
  thumbnails: Thumbnails,
  context: SectionContext,
): Promise<Section> {
  const { broken, unused, odd } = facts;
  const parts: Content[] = [
    broken.length > 0
      ? fileTable(
        "Files that cannot be read",
        broken.map(({ reason, count, files }) => ({
          reason,
          count,
          names: files,
        })),
      )
      : markup`<p>Every picture can be read.</p>`,
    unused.length > 0
      ? fileTable(
        "Files and folders that are not used",
        unused.map((each) => ({
          ...each,
          names: each.examples,
        })),
      )
      : undefined,
  ];
  const caption = ({ path }: PictureRef): Content => path;
  for (const [oddity, { count, examples }] of Object.entries(odd)) {
    const [what, done] = oddityTexts[oddity as Oddity];
    parts.push(markup`${heading(context.level + 1, `${plural(count, "picture")} ${what}`)}
<p class="lead">Read all the same: ${done}.</p>
${await thumbnails.gallery(examples.slice(0, maxShown), { caption, all: count })}`);
  }
  return section(context, "files", "Broken and odd files", parts);
}

function fileTable(
  title: string,
  groups: readonly {
    readonly reason: string;
    readonly count: number;
    readonly names: readonly string[];
  }[],
): Html {
  return scrollTable({
    title,
    columns: ["Reason", ...numbers("Number"), "Which"],
    rows: groups.map(({ reason, count, names }) => [
      reason,
      count,
      names.slice(0, maxNamed).join(", ") + (count > maxNamed ? ", …" : ""),
    ]),
  });
}
