import { parseDurationMs } from "./duration.ts";

/**
 * Typed values out of named settings. A bad one becomes a problem that names key and rule, and the
 * default takes its place, so that one reading finds every problem there is.
 */
export class ConfigReader {
  readonly problems: string[] = [];
  readonly #settings: Readonly<Record<string, string | undefined>>;

  constructor(settings: Readonly<Record<string, string | undefined>>) {
    this.#settings = settings;
  }

  /** Undefined where the setting is absent or empty. */
  text(key: string): string | undefined {
    return this.#settings[key]?.trim() || undefined;
  }

  wholeNumber(key: string, range: { readonly min: number; readonly max?: number }) {
    return this.#read(key, `must be a whole number ${rangeText(range)}`, (text) => {
      const value = Number(text);
      const inRange = value >= range.min && value <= (range.max ?? Number.MAX_SAFE_INTEGER);
      return Number.isSafeInteger(value) && inRange ? value : undefined;
    });
  }

  /** Milliseconds. */
  duration(key: string, minMs: number): number | undefined {
    return this.#read(
      key,
      `must be a duration such as 30s or 1h30m, at least ${minMs} ms`,
      (text) => {
        const durationMs = parseDurationMs(text);
        return durationMs !== undefined && durationMs >= minMs ? durationMs : undefined;
      },
    );
  }

  /** Such as `40000-50000`. */
  portRange(key: string): { readonly first: number; readonly last: number } | undefined {
    return this.#read(key, "must be two ports from 1 to 65535 such as 40000-50000", (text) => {
      const [first = 0, last = 0] = (/^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []).slice(1).map(Number);
      return first > 0 && first <= last && last < 65_536 ? { first, last } : undefined;
    });
  }

  flag(key: string): boolean | undefined {
    return this.#read(key, "must be true or false", (text) => FLAGS.get(text.toLowerCase()));
  }

  choice<T extends string>(key: string, choices: readonly T[]): T | undefined {
    return this.#read(key, `must be one of ${choices.join(", ")}`, (text) =>
      choices.find((each) => each === text.toLowerCase()),
    );
  }

  /** @param rule What the JSON must be, for the problem text; `check` says whether it is. */
  json<T>(key: string, rule: string, check: (value: unknown) => value is T): T | undefined {
    return this.#read(key, `must be ${rule}`, (text) => {
      const value = parseJson(text);
      return check(value) ? value : undefined;
    });
  }

  matching(key: string, rule: string, matches: (text: string) => boolean): string | undefined {
    return this.#read(key, rule, (text) => (matches(text) ? text : undefined));
  }

  url(key: string): string | undefined {
    return this.matching(key, "must be an http(s) URL", (text) =>
      /^https?:$/.test(URL.parse(text)?.protocol ?? ""),
    );
  }

  #read<T>(key: string, rule: string, parse: (text: string) => T | undefined): T | undefined {
    const text = this.text(key);
    if (text === undefined) return undefined;
    const value = parse(text);
    if (value === undefined) this.problems.push(`${key} ${rule}`);
    return value;
  }
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
  ["1", true],
  ["0", false],
]);

function rangeText({ min, max }: { readonly min: number; readonly max?: number }): string {
  return max === undefined ? `of at least ${min}` : `from ${min} to ${max}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
