import { matchesPieces } from "../../event-bridge/pattern/wildcard.ts";
import { invalid } from "../refusal.ts";
import type { MessageFilter } from "./read-filter-pattern.ts";

type Test = (document: unknown) => boolean;

const TOKEN = /\s*(&&|\|\||[(){}]|!=|<=|>=|=|<|>|"(?:[^"\\]|\\.)*"|[^\s(){}=!<>&|"]+)/y;

/**
 * Reads a pattern such as `{ $.level = "error" && $.ms > 100 }`: comparisons with texts, in which `*`
 * stands for anything, and with numbers; `IS NULL`, `IS TRUE`, `IS FALSE`, `NOT EXISTS`; `&&` before `||`,
 * and parentheses. A message that is no JSON object never matches.
 *
 * @throws LogsRefusal InvalidParameterException
 */
export function readJsonPattern(text: string): MessageFilter {
  const test = new Reader(tokensOf(text)).whole();
  return (message) => {
    const document = parse(message);
    return typeof document === "object" && document !== null && test(document);
  };
}

const malformed = (why: string) => invalid(`Invalid filter pattern: ${why}`);

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  const matcher = new RegExp(TOKEN);
  while (text.slice(matcher.lastIndex).trim() !== "") {
    const at = matcher.lastIndex;
    const [, token] = matcher.exec(text) ?? [];
    if (token === undefined) throw malformed(`unexpected ${text.slice(at).trim()[0]}`);
    tokens.push(token);
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  whole(): Test {
    this.#expect("{");
    const test = this.#either();
    this.#expect("}");
    if (this.#at < this.#tokens.length) throw malformed("something follows the closing brace");
    return test;
  }

  #either(): Test {
    const tests = [this.#both()];
    while (this.#skip("||")) tests.push(this.#both());
    return (document) => tests.some((test) => test(document));
  }

  #both(): Test {
    const tests = [this.#one()];
    while (this.#skip("&&")) tests.push(this.#one());
    return (document) => tests.every((test) => test(document));
  }

  #one(): Test {
    if (this.#skip("(")) {
      const test = this.#either();
      this.#expect(")");
      return test;
    }
    const path = pathOf(this.#next());
    const test = valueTest(this.#next(), () => this.#next());
    return (document) => test(valueAt(document, path));
  }

  #next(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw malformed("it ends too early");
    this.#at += 1;
    return token;
  }

  #skip(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    const found = this.#next();
    if (found !== token) throw malformed(`expected ${token} and not ${found}`);
  }
}

/** `$.a.b[0]` as its steps. */
function pathOf(selector: string): readonly string[] {
  if (!/^\$(\.[\w-]+|\[\d+\])+$/.test(selector)) {
    throw malformed(`${selector} is no selector such as $.name`);
  }
  return Array.from(
    selector.matchAll(/\.([\w-]+)|\[(\d+)\]/g),
    ([, name, index]) => name ?? index ?? "",
  );
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, step)
        ? (value as Readonly<Record<string, unknown>>)[step]
        : undefined,
    document,
  );
}

function valueTest(operator: string, next: () => string): (value: unknown) => boolean {
  switch (operator) {
    case "IS":
      return isTest(next());
    case "NOT":
      if (next() !== "EXISTS") throw malformed("NOT stands before EXISTS only");
      return (value) => value === undefined;
    case "=":
      return equalTest(next());
    case "!=": {
      const isEqual = equalTest(next());
      return (value) => value !== undefined && !isEqual(value);
    }
    default:
      return orderTest(operator, next());
  }
}

function isTest(word: string): (value: unknown) => boolean {
  const wanted = new Map<string, unknown>([
    ["NULL", null],
    ["TRUE", true],
    ["FALSE", false],
  ]);
  if (!wanted.has(word)) throw malformed(`IS ${word} is not known`);
  return (value) => value === wanted.get(word);
}

function equalTest(token: string): (value: unknown) => boolean {
  const number = numberOf(token);
  if (number !== undefined) return (value) => value === number;
  const text = token.startsWith('"') ? token.slice(1, -1).replaceAll(/\\(.)/g, "$1") : token;
  const pieces = text.split("*");
  return (value) => typeof value === "string" && matchesPieces(pieces, value);
}

const ORDERS: ReadonlyMap<string, (a: number, b: number) => boolean> = new Map([
  ["<", (a: number, b: number) => a < b],
  ["<=", (a: number, b: number) => a <= b],
  [">", (a: number, b: number) => a > b],
  [">=", (a: number, b: number) => a >= b],
]);

function orderTest(operator: string, token: string): (value: unknown) => boolean {
  const order = ORDERS.get(operator);
  if (!order) throw malformed(`${operator} is no comparison`);
  const bound = numberOf(token);
  if (bound === undefined) throw malformed(`${token} is no number`);
  return (value) => typeof value === "number" && order(value, bound);
}

const numberOf = (token: string): number | undefined =>
  /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(token) ? Number(token) : undefined;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
