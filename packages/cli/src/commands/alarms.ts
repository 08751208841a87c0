import type { AlarmDescription, AlarmPage, SetAlarmBody } from "@berth/contracts/rest/alarms";
import { alarmLine, alarmsText } from "../alarms-text.ts";
import { type RestOptions, say, withBerth } from "../with-berth.ts";

export interface SetAlarmOptions extends RestOptions {
  readonly reason?: string;
  readonly periodSeconds?: number;
  readonly evaluationPeriods?: number;
}

const PATH = "/v1/alarms";

/** `berth alarms list`: all of Berth's own, page by page. Returns the exit code, as all of these do. */
export async function listAlarms(options: RestOptions): Promise<number> {
  return withBerth(options, async (berth) => {
    const alarms: AlarmDescription[] = [];
    let cursor: string | undefined;
    do {
      // Not by URLSearchParams: its `+` for a space is another query than the one that is signed.
      const query = cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`;
      const page = (await berth("GET", `${PATH}${query}`)) as AlarmPage;
      alarms.push(...page.alarms);
      cursor = page.next;
    } while (cursor !== undefined);
    say(options, alarms, alarmsText(alarms));
  });
}

/** `berth alarms set`. */
export async function setAlarm(
  name: string,
  state: SetAlarmBody["state"],
  options: SetAlarmOptions,
): Promise<number> {
  const { reason, periodSeconds, evaluationPeriods } = options;
  const body: SetAlarmBody = { state, reason, periodSeconds, evaluationPeriods };
  return withBerth(options, async (berth) => {
    const alarm = (await berth("PUT", alarmPath(name), body)) as AlarmDescription;
    say(options, alarm, alarmLine(alarm));
  });
}

/** `berth alarms delete`. */
export async function deleteAlarm(name: string, options: RestOptions): Promise<number> {
  return withBerth(options, async (berth) => {
    await berth("DELETE", alarmPath(name));
    say(options, { alarmName: name, deleted: true }, `Alarm ${name} is deleted.`);
  });
}

const alarmPath = (name: string): string => `${PATH}/${encodeURIComponent(name)}`;
