import type { InstanceRefusal, PlacementOutlook } from "@berth/contracts/rest/explanation";
import { idOf, indented } from "./text.ts";

/** Of one reason so many instances are shown; `--json` has more. */
const SHOWN_EXAMPLES = 3;

/** What placement says of a task now, and what would change that. */
export function outlookLines(title: string, outlook: PlacementOutlook): readonly string[] {
  const { considered, fittingCount, removed, counterfactuals } = outlook;
  const verdict =
    fittingCount > 0
      ? `${fittingCount} of ${considered} ACTIVE container instances take the next task now`
      : `none of ${considered} ACTIVE container instances takes the next task`;
  const would = counterfactuals.map(({ text }) => `would fit ${text}`);
  return [
    `${title}: ${verdict}`,
    ...indented(
      removed.flatMap(({ reason, count, examples }) => removalLines(reason, count, examples)),
    ),
    ...indented(would.length > 0 || fittingCount > 0 ? would : [NO_CHANGE]),
  ];
}

const NO_CHANGE = "no single change would make it fit";

function removalLines(
  reason: string,
  count: number,
  examples: readonly InstanceRefusal[],
): readonly string[] {
  const shown = examples.slice(0, SHOWN_EXAMPLES);
  const more = count - shown.length;
  return [
    `${count} ${reason}`,
    ...indented([
      ...shown.map(
        ({ containerInstanceArn = "", detail }) => `${idOf(containerInstanceArn)}: ${detail}`,
      ),
      ...(more > 0 ? [`and ${more} more`] : []),
    ]),
  ];
}
