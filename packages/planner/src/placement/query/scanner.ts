/** What keeps a text from being an expression; thrown while reading, returned by `parseExpression`. */
export class ExpressionFault extends Error {
  override readonly name = "ExpressionFault";
}

const SPACE = /\s*/y;
const WORD = /[^\s()[\],'!=<>&|~]+/y;
const QUOTED = /'([^']*)'/y;

/** Reads the words of a cluster query expression one after the other. */
export class Scanner {
  readonly #text: string;
  #at = 0;
  #wordAt = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Steps over the first of these spellings that comes next and says which one it was. */
  accept<T extends string>(spellings: readonly T[]): T | undefined {
    this.#begin();
    const found = spellings.find((each) => this.#startsWith(each));
    this.#at += found?.length ?? 0;
    return found;
  }

  expect(spelling: string): void {
    if (this.accept([spelling]) === undefined) this.fail(`'${spelling}'`);
  }

  /** A bare word, or any text between single quotes. */
  literal(expected: string): string {
    this.#begin();
    return this.#quoted() ?? this.#take(WORD) ?? this.fail(expected);
  }

  /** Between quotes, or bare up to a space or a parenthesis that is not its own. */
  pattern(): string {
    this.#begin();
    const quoted = this.#quoted();
    if (quoted !== undefined) return quoted;
    const start = this.#at;
    for (let depth = 0; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text.charAt(this.#at);
      if (character === "(") depth += 1;
      if (character === ")") depth -= 1;
      if (depth < 0 || /\s/.test(character)) break;
    }
    return this.#text.slice(start, this.#at) || this.fail("a pattern");
  }

  expectEnd(): void {
    this.#take(SPACE);
    if (this.#at < this.#text.length) this.fail("'and', 'or' or the end");
  }

  fail(expected: string): never {
    const found = this.#text.slice(this.#at, this.#at + 20) || "the end";
    throw new ExpressionFault(
      `expected ${expected} at character ${this.#at + 1} but found ${found}`,
    );
  }

  /** For what was read and is not what it should be: it stands in the message with its place. */
  refuse(why: (place: string) => string): never {
    throw new ExpressionFault(why(`at character ${this.#wordAt + 1}`));
  }

  /** The next word is what `refuse` is about. */
  #begin(): void {
    this.#take(SPACE);
    this.#wordAt = this.#at;
  }

  #quoted(): string | undefined {
    return this.#take(QUOTED)?.slice(1, -1);
  }

  /** A spelling in letters must be a whole word: `in` is not the beginning of `instance`. */
  #startsWith(spelling: string): boolean {
    if (!this.#text.startsWith(spelling, this.#at)) return false;
    if (!/\w$/.test(spelling)) return true;
    WORD.lastIndex = this.#at + spelling.length;
    return !WORD.test(this.#text);
  }

  #take(shape: RegExp): string | undefined {
    shape.lastIndex = this.#at;
    const found = shape.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }
}
