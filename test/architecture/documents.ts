import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where the links of a Markdown text lead: paths, fragments, or both. */
export const linksOf = (text: string): readonly string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);

/**
 * The links of a document within this repository that lead nowhere: no such file, or no such
 * heading in it.
 */
export function brokenLinks(path: string, readText: (path: string) => string): readonly string[] {
  return linksOf(readText(path)).filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file = "", fragment] = link.split("#");
    const target = file === "" ? path : join(dirname(path), file);
    if (target !== path && !existsSync(target)) return true;
    return fragment !== undefined && !headingsOf(readText(target)).includes(fragment);
  });
}

/** Source files that a document names between backticks, by path or by name alone. */
export const namedFiles = (text: string): readonly string[] =>
  [...text.matchAll(/`(\w[\w./-]*\.ts)`/g)].map(([, name = ""]) => name);

/** Headings as GitHub makes fragments of them. */
const headingsOf = (text: string): readonly string[] =>
  [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

const withoutCode = (text: string): string => text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
