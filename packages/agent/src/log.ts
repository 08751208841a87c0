import { LOG_LEVELS, type LogLevel } from "./config.ts";

export type LogFields = Readonly<Record<string, unknown>>;

/** Writes one line per event. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** Lines of `time level event key=value …` from the given level upwards. */
export function lineLog(level: LogLevel, write: (line: string) => void): Log {
  const threshold = LOG_LEVELS.indexOf(level);
  const at =
    (each: LogLevel) =>
    (event: string, fields: LogFields = {}) => {
      if (LOG_LEVELS.indexOf(each) < threshold) return;
      write(
        [new Date().toISOString(), each, event, ...Object.entries(fields).map(field)].join(" "),
      );
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function field([key, value]: readonly [string, unknown]): string {
  const text = value instanceof Error ? value.message : value;
  const isPlain = typeof text === "number" || (typeof text === "string" && /^[^\s="]+$/.test(text));
  return `${key}=${isPlain ? text : JSON.stringify(text)}`;
}
