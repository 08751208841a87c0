import type { PlacementDecision, TaskPlacement } from "@berth/domain/task-placement";

/*
 * Why a task is where it is, in one short text: a task's item has to stay below 1 KiB. As in
 * `40;M2 A1;z=3 i=1;d`: 40 instances, of which 2 had too little memory and 1 no agent; then the
 * score by each strategy, and whether the choice was drawn.
 */

const BARE_KINDS = ["named", "daemon"] as const;
const DRAWN = "d";

export function encodePlacement(placement: TaskPlacement): string {
  if (placement.kind !== "chosen") return placement.kind;
  const { considered, rejected, by, scores, isDrawn } = placement;
  const reasons = Object.entries(rejected).map(([reason, count]) => encodeReason(reason) + count);
  const strategies = by.map((name, index) => `${encodeStrategy(name)}=${scores[index]}`);
  const parts = [considered, reasons.join(" "), strategies.join(" "), isDrawn ? DRAWN : ""];
  return parts.join(";").replace(/;+$/, "");
}

/** Expects what `encodePlacement` made. */
export function decodePlacement(text: string): TaskPlacement {
  const bare = BARE_KINDS.find((kind) => kind === text);
  if (bare) return { kind: bare };
  const [considered, reasons = "", strategies = "", drawn] = text.split(";");
  const scored = wordsOf(strategies).map((word) => {
    const [name = "", score] = word.split("=");
    return { name: decodeStrategy(name), score: Number(score) };
  });
  const decision: PlacementDecision = {
    considered: Number(considered),
    rejected: Object.fromEntries(wordsOf(reasons).map(decodeReason)),
    by: scored.map(({ name }) => name),
    scores: scored.map(({ score }) => score),
    isDrawn: drawn === DRAWN,
  };
  return { kind: "chosen", ...decision };
}

const wordsOf = (text: string): readonly string[] => (text === "" ? [] : text.split(" "));

/** Any other reason is written out, its own spaces and signs escaped. */
const REASON_CODES: ReadonlyMap<string, string> = new Map([
  ["AGENT", "A"],
  ["ATTRIBUTE", "T"],
  ["DistinctInstance placement constraint unsatisfied.", "D"],
  ["MemberOf placement constraint unsatisfied.", "Q"],
  ["RESOURCE:CPU", "C"],
  ["RESOURCE:MEMORY", "M"],
  ["RESOURCE:PORTS", "P"],
]);

const REASONS = new Map([...REASON_CODES].map(([reason, code]) => [code, reason]));

/** A code or, between quotes, the reason itself. */
const encodeReason = (reason: string): string =>
  REASON_CODES.get(reason) ?? `"${encodeURIComponent(reason)}"`;

function decodeReason(word: string): readonly [string, number] {
  const end = word.startsWith('"') ? word.indexOf('"', 1) + 1 : 1;
  const code = word.slice(0, end);
  const reason = REASONS.get(code) ?? decodeURIComponent(code.slice(1, -1));
  return [reason, Number(word.slice(end))];
}

const STRATEGY_CODES: ReadonlyMap<string, string> = new Map([
  ["binpack(cpu)", "c"],
  ["binpack(memory)", "m"],
  ["spread(attribute:ecs.availability-zone)", "z"],
  ["spread(instanceId)", "i"],
]);

const STRATEGIES = new Map([...STRATEGY_CODES].map(([name, code]) => [code, name]));

/** A code or, after `@`, the name itself. */
const encodeStrategy = (name: string): string =>
  STRATEGY_CODES.get(name) ?? `@${encodeURIComponent(name)}`;

const decodeStrategy = (code: string): string =>
  STRATEGIES.get(code) ?? decodeURIComponent(code.slice(1));
