import { isDeepStrictEqual } from "node:util";

type Values = Readonly<Record<string, unknown>>;

/** What `terraform show -json` tells of one resource in a plan. */
export interface PlannedChange {
  readonly address: string;
  readonly type: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Values | null;
    readonly after: Values | null;
  };
}

/** What moto does not keep although it was told. */
interface EmulatorGap {
  readonly type: string;
  readonly attribute: string;
  readonly reason: string;
}

/** Each looked up in moto 5.2: nothing here is a mistake of the deployment's. */
const EMULATOR_GAPS: readonly EmulatorGap[] = [
  {
    type: "aws_lambda_function",
    attribute: "logging_config",
    reason: "Its Lambda knows no LoggingConfig: it takes one and never tells it again.",
  },
];

/** What a plan right after an apply still wants to change, but for the known gaps. */
export function differences(changes: readonly PlannedChange[]): readonly string[] {
  return changes.flatMap(({ address, type, change: { actions, before, after } }) => {
    if (actions.every((action) => action === "no-op" || action === "read")) return [];
    if (!before || !after) return [`${address}: ${actions.join(" and ")}`];
    return Object.keys(after)
      .filter((attribute) => !isGap(type, attribute) && !same(before[attribute], after[attribute]))
      .map((attribute) => `${address}: ${attribute}`);
  });
}

const isGap = (type: string, attribute: string): boolean =>
  EMULATOR_GAPS.some((gap) => gap.type === type && gap.attribute === attribute);

/** AWS gives a document back as it got it, moto with other spaces. */
function same(before: unknown, after: unknown): boolean {
  return isDeepStrictEqual(parsed(before), parsed(after));
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string" || !value.startsWith("{")) return value;
  return JSON.parse(value) as unknown;
}
