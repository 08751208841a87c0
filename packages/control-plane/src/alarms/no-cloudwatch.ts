import type { Alarms } from "../context.ts";

/** For where there is no CloudWatch: on one machine, and in worlds that are only imagined. */
export const NO_CLOUDWATCH: Alarms = { describe: async () => ({ alarms: [] }) };
