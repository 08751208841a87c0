/** Whether a pattern stands for a text: `*` is any number of characters, `?` is one. */
export function matchesWildcard(pattern: string, text: string): boolean {
  let inPattern = 0;
  let inText = 0;
  // Where to go on when a later character does not fit: the last star takes one character more.
  let star = -1;
  let afterStar = 0;
  while (inText < text.length) {
    if (pattern[inPattern] === "*") {
      star = inPattern;
      afterStar = inText;
      inPattern += 1;
    } else if (pattern[inPattern] === "?" || pattern[inPattern] === text[inText]) {
      inPattern += 1;
      inText += 1;
    } else if (star >= 0) {
      afterStar += 1;
      inPattern = star + 1;
      inText = afterStar;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(inPattern));
}

const ARN_COMPONENTS = 6;

/**
 * The same for ARNs, component by component, so that no star reaches past a colon. Source: IAM user
 * guide, "Amazon Resource Name (ARN) condition operators".
 */
export function matchesArn(pattern: string, arn: string): boolean {
  const [wanted, given] = [arnComponents(pattern), arnComponents(arn)];
  return (
    wanted.length === given.length &&
    wanted.every((component, index) => matchesWildcard(component, given[index] ?? ""))
  );
}

/** Whether a text has the six components of an ARN. */
export const isArn = (text: string): boolean =>
  text.startsWith("arn:") && arnComponents(text).length === ARN_COMPONENTS;

function arnComponents(text: string): readonly string[] {
  const parts = text.split(":");
  const last = parts.slice(ARN_COMPONENTS - 1);
  return last.length === 0 ? parts : [...parts.slice(0, ARN_COMPONENTS - 1), last.join(":")];
}
