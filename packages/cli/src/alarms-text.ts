import type { AlarmDescription } from "@berth/contracts/rest/alarms";
import { table } from "./text-table.ts";

export function alarmsText(alarms: readonly AlarmDescription[]): string {
  if (alarms.length === 0) return "Berth has no alarms of its own.";
  const head = ["ALARM", "STATE", "SINCE", "PERIODS", "REASON"];
  const rows = alarms.map((alarm) => [
    alarm.alarmName,
    alarm.state,
    alarm.since,
    `${alarm.evaluationPeriods} x ${alarm.periodSeconds} s`,
    alarm.reason ?? "-",
  ]);
  return table([head, ...rows]).join("\n");
}

export const alarmLine = ({ alarmName, state, since }: AlarmDescription): string =>
  `Alarm ${alarmName} is ${state} since ${since}.`;
