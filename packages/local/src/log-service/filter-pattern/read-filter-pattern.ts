import { invalid } from "../refusal.ts";
import { readJsonPattern } from "./json-pattern.ts";

/** Whether a message is one of those that are asked for. */
export type MessageFilter = (message: string) => boolean;

/** Source: CloudWatch Logs API reference, FilterPattern. */
export const MAX_PATTERN_LENGTH = 1_024;

/**
 * Reads a filter pattern: terms that must all be there, of those with a question mark at least one, and
 * none of those with a minus; or a pattern in braces, of JSON. Upper and lower case differ.
 * Source: CloudWatch Logs user guide, "Filter pattern syntax".
 *
 * @throws LogsRefusal InvalidParameterException
 */
export function readFilterPattern(pattern: string): MessageFilter {
  const text = pattern.trim();
  if (text === "") return () => true;
  if (text.startsWith("{")) return readJsonPattern(text);
  if (text.startsWith("[")) {
    throw invalid(
      "Invalid filter pattern: patterns of columns in [ ] are not there on one machine.",
    );
  }
  if (text.startsWith("%")) {
    throw invalid(
      "Invalid filter pattern: regular expressions in % % are not there on one machine.",
    );
  }
  return readTerms(text);
}

function readTerms(text: string): MessageFilter {
  const terms = [...text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map(
    ([, sign = "", quoted, bare = ""]) => ({ sign, term: unescaped(quoted) ?? checked(bare) }),
  );
  const of = (wanted: string) => terms.flatMap(({ sign, term }) => (sign === wanted ? [term] : []));
  const [all, any, none] = [of(""), of("?"), of("-")];
  return (message) => {
    const has = (term: string) => message.includes(term);
    // As there: beside terms that must be, those that may be change nothing.
    const isAny = any.length === 0 || all.length > 0 || any.some(has);
    return all.every(has) && isAny && !none.some(has);
  };
}

const unescaped = (quoted: string | undefined): string | undefined =>
  quoted?.replaceAll(/\\(.)/g, "$1");

/** What is left of a quotation without an end, or of a sign without a term, was meant otherwise. */
function checked(term: string): string {
  if (!/^(".*|[?-])$/.test(term)) return term;
  throw invalid("Invalid filter pattern: a term is empty, or its quotation marks do not match.");
}
