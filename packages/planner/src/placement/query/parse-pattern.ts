import type { Instruction, Pattern } from "./pattern.ts";
import { ExpressionFault } from "./scanner.ts";

/** Repetitions are written out, so their product has to be limited. */
const MAX_INSTRUCTIONS = 2000;

/**
 * Compiles what Java's and JavaScript's regular expressions have in common, save references and
 * look-around: alternatives, groups, classes, escapes, `* + ? {n,m}`, `^` and `$`.
 *
 * @throws ExpressionFault
 */
export function parsePattern(text: string): Pattern {
  const program: Pattern = [...new PatternReader(text).whole(), { kind: "accept" }];
  if (program.length > MAX_INSTRUCTIONS) throw new ExpressionFault(`pattern ${text}: is too large`);
  return program;
}

/** A piece of a program; forks are relative, so pieces are put together by joining them. */
type Fragment = readonly Instruction[];
type Test = (character: string) => boolean;

class PatternReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Fragment {
    const fragment = this.#alternatives();
    if (this.#at < this.#text.length) this.#fail("is not expected");
    return fragment;
  }

  #alternatives(): Fragment {
    const options = [this.#sequence()];
    while (this.#accept("|")) options.push(this.#sequence());
    return options.reduceRight((rest, option) => either(option, rest));
  }

  #sequence(): Fragment {
    const fragment: Instruction[] = [];
    while (this.#at < this.#text.length && !/[|)]/.test(this.#peek())) {
      fragment.push(...this.#repeated(this.#atom()));
    }
    return fragment;
  }

  #repeated(atom: Fragment): Fragment {
    let fragment = atom;
    for (let count = this.#quantifier(); count; count = this.#quantifier()) {
      if (fragment.length * Math.max(count.min, count.max ?? 1) > MAX_INSTRUCTIONS) {
        this.#fail("would make it too large");
      }
      fragment = repeat(fragment, count);
      // A lazy quantifier finds other parts of a text, but the same whole texts.
      this.#accept("?");
    }
    return fragment;
  }

  #quantifier(): Repetition | undefined {
    if (this.#accept("*")) return { min: 0 };
    if (this.#accept("+")) return { min: 1 };
    if (this.#accept("?")) return { min: 0, max: 1 };
    if (this.#peek() !== "{") return undefined;
    const match = /^\{(\d{1,4})(,(\d{1,4})?)?\}/.exec(this.#text.slice(this.#at));
    if (!match) return this.#fail("is not a repetition");
    const [whole, min, comma, max = comma ? Infinity : min] = match;
    if (Number(max) < Number(min)) this.#fail("has its limits the wrong way round");
    this.#at += whole.length;
    return { min: Number(min), ...(max !== Infinity && { max: Number(max) }) };
  }

  #atom(): Fragment {
    if (this.#accept("^")) return [{ kind: "edge", of: "start" }];
    if (this.#accept("$")) return [{ kind: "edge", of: "end" }];
    if (this.#accept("(")) return this.#group();
    if (this.#accept("[")) return [read(this.#characterClass())];
    if (this.#accept(".")) return [read(() => true)];
    if (this.#accept("\\")) return [read(this.#escape())];
    if (/[*+?{]/.test(this.#peek())) this.#fail("repeats nothing");
    return [read(equals(this.#next()))];
  }

  #group(): Fragment {
    if (this.#accept("?") && !this.#accept(":")) this.#fail("is not supported after (?");
    const inner = this.#alternatives();
    if (!this.#accept(")")) this.#fail("should be )");
    return inner;
  }

  #characterClass(): Test {
    const negated = this.#accept("^");
    const tests: Test[] = [];
    do tests.push(this.#classItem());
    while (!this.#accept("]"));
    return (character) => tests.some((test) => test(character)) !== negated;
  }

  #classItem(): Test {
    if (this.#accept("\\")) return this.#escape();
    const from = this.#next();
    const ahead = this.#text.slice(this.#at, this.#at + 2);
    if (!/^-[^\]\\]$/.test(ahead)) return equals(from);
    this.#at += 2;
    return (character) => from <= character && character <= ahead.charAt(1);
  }

  #escape(): Test {
    const letter = this.#next();
    const known = ESCAPES[letter];
    if (known) return known;
    if (!/\w/.test(letter)) return equals(letter);
    this.#at -= 1;
    return this.#fail("is not a supported escape");
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #next(): string {
    if (this.#at >= this.#text.length) this.#fail("comes too early");
    this.#at += 1;
    return this.#text.charAt(this.#at - 1);
  }

  #accept(character: string): boolean {
    const found = this.#peek() === character;
    if (found) this.#at += 1;
    return found;
  }

  #fail(what: string): never {
    const found = this.#peek() || "the end";
    throw new ExpressionFault(
      `pattern ${this.#text}: ${found} at its character ${this.#at + 1} ${what}`,
    );
  }
}

interface Repetition {
  readonly min: number;
  /** Absent where there is no limit. */
  readonly max?: number;
}

const read = (accepts: Test): Instruction => ({ kind: "read", accepts });
const fork = (...steps: readonly number[]): Instruction => ({ kind: "fork", steps });
const equals =
  (expected: string): Test =>
  (character) =>
    character === expected;

const either = (a: Fragment, b: Fragment): Fragment => [
  fork(1, a.length + 2),
  ...a,
  fork(b.length + 1),
  ...b,
];

const optional = (fragment: Fragment): Fragment => [fork(1, fragment.length + 1), ...fragment];

const anyTimes = (fragment: Fragment): Fragment => [
  fork(1, fragment.length + 2),
  ...fragment,
  fork(-fragment.length - 1),
];

function repeat(fragment: Fragment, { min, max }: Repetition): Fragment {
  const needed = Array.from({ length: min }, () => fragment).flat();
  if (max === undefined) return [...needed, ...anyTimes(fragment)];
  const further = Array.from({ length: max - min }, () => optional(fragment)).flat();
  return [...needed, ...further];
}

const digit: Test = (character) => /\d/.test(character);
const wordCharacter: Test = (character) => /\w/.test(character);
const space: Test = (character) => /\s/.test(character);

const ESCAPES: Readonly<Record<string, Test>> = {
  d: digit,
  D: (character) => !digit(character),
  w: wordCharacter,
  W: (character) => !wordCharacter(character),
  s: space,
  S: (character) => !space(character),
};
