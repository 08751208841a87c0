export interface Family {
  /** Of letters, digits and `_`. */
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter";
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Metrics as Prometheus reads them. A family without samples is left out. Source: Prometheus
 * documentation, "Exposition formats", text format 0.0.4.
 */
export const prometheusText = (families: readonly Family[]): string =>
  families
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join("");

function familyText({ name, help, type, samples }: Family): string {
  const head = `# HELP ${name} ${escaped(help, HELP_ESCAPES)}\n# TYPE ${name} ${type}\n`;
  const lines = samples.map(
    ({ labels, value }) => `${name}${labelsText(labels)} ${valueText(value)}\n`,
  );
  return head + lines.join("");
}

function labelsText(labels: Sample["labels"]): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${escaped(value, LABEL_ESCAPES)}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const HELP_ESCAPES = /[\\\n]/g;
const LABEL_ESCAPES = /[\\\n"]/g;

const escaped = (text: string, pattern: RegExp): string =>
  text.replaceAll(pattern, (character) => (character === "\n" ? "\\n" : `\\${character}`));

/** Go's words for what is no number, and JavaScript's own for all others: both read them alike. */
function valueText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}
