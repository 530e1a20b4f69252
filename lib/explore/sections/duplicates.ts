import { labelClasses } from "../../display/label_classes.ts";
import { type Content, type Html, markup } from "../../display/markup.ts";
import {
  heading,
  type Section,
  section,
  type SectionContext,
} from "../../report/sections/section.ts";
import type { DuplicateGroup, ExplorationFacts, PictureRef } from "../facts.ts";
import { splitTitles } from "../oddities.ts";
import { duplicatesText } from "../text.ts";
import type { Thumbnails } from "../thumbnails.ts";
import { leakText } from "../warnings.ts";

/** The maximum number of groups of a section, and of pictures of a group. */
const maxGroups = 30, maxPictures = 8;

/** The pictures that are in several parts; nothing if there are none. */
export async function leaksSection(
  facts: ExplorationFacts,
  thumbnails: Thumbnails,
  context: SectionContext,
): Promise<Section[]> {
  if (facts.leaks.length === 0) return [];
  const groups = facts.duplicates.filter(({ leaks }) => leaks);
  return [section(
    context,
    "leaks",
    "Leaks",
    markup`<p class="lead">The same picture in two parts of the data set.</p>`,
    await groupList(groups, facts, thumbnails, context),
  )];
}

/** Says loudly which parts have the same pictures; nothing if none have. */
export function leakAlarm({ leaks }: ExplorationFacts): Html | undefined {
  return leaks.length === 0 ? undefined : markup`<div class="alarm">
${leaks.map((leak) => markup`<p><strong>${leakText(leak)}</strong></p>`)}
<p>Remove them from one of the two before training, or the accuracy also counts what was learned by
heart. <a href="#leaks">They are shown below.</a></p>
</div>`;
}

/** The pictures that are in several classes; nothing if there are none. */
export async function crossingSection(
  facts: ExplorationFacts,
  thumbnails: Thumbnails,
  context: SectionContext,
): Promise<Section[]> {
  const groups = facts.duplicates.filter(({ crossesClasses }) => crossesClasses);
  if (groups.length === 0) return [];
  return [section(
    context,
    "two-classes",
    "In two classes",
    markup`<p class="lead">The same picture in two classes: one of the two labels is wrong, or the picture
shows both.</p>`,
    await groupList(groups, facts, thumbnails, context),
  )];
}

/** All other pictures that are the same. */
export async function duplicatesSection(
  facts: ExplorationFacts,
  thumbnails: Thumbnails,
  context: SectionContext,
): Promise<Section> {
  const { duplicates } = facts;
  const others = duplicates.filter(({ leaks, crossesClasses }) => !leaks && !crossesClasses);
  const elsewhere = duplicates.length - others.length;
  return section(
    context,
    "duplicates",
    "Duplicates",
    markup`<p class="lead">${
      duplicates.length === 0 ? "No two pictures are the same." : `${duplicatesText(duplicates)}.`
    }${
      elsewhere > 0 && others.length > 0
        ? " Those in several parts or classes are shown above, the others here."
        : ""
    } Compared are bytes, and looks: a picture that was compressed, resized, brightened or narrowly
cropped is found; one that was mirrored or turned is not.</p>`,
    others.length > 0 ? await groupList(others, facts, thumbnails, context) : undefined,
  );
}

async function groupList(
  groups: readonly DuplicateGroup[],
  { classes }: ExplorationFacts,
  thumbnails: Thumbnails,
  { level }: SectionContext,
): Promise<Html> {
  const names = labelClasses(classes).map(({ name }) => name);
  const caption = ({ split, label, path }: PictureRef): Content =>
    markup`<strong>${names[label]}</strong>, ${splitTitles[split]}<br>${path}`;
  const shown: Html[] = [];
  for (const [at, { kind, pictures }] of groups.slice(0, maxGroups).entries()) {
    const title = `${at + 1}. ${pictures.length} pictures, ` +
      (kind === "exact" ? "the same bytes" : "nearly the same");
    const some = pickApart(pictures);
    shown.push(markup`<div>${heading(level + 1, title)}
${await thumbnails.gallery(some, { caption, all: pictures.length })}</div>`);
  }
  const more = groups.length - shown.length;
  return markup`<div class="groups">${shown}</div>${
    more > 0
      ? markup`<p class="note">${more} more groups are in <code>explore.json</code>.</p>`
      : ""
  }`;
}

/** The first pictures of a group, one of each part and class before all others. */
function pickApart(pictures: readonly PictureRef[]): readonly PictureRef[] {
  const firsts = [...Map.groupBy(pictures, ({ split, label }) => `${split} ${label}`).values()]
    .map(([first]) => first!);
  const others = pictures.filter((picture) => !firsts.includes(picture));
  return [...firsts, ...others].slice(0, maxPictures);
}
