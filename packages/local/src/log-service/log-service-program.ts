/**
 * The log service of one machine as a program of its own, so that what containers write does not keep the API
 * from answering. The supervisor gives it the control plane's environment; `BERTH_LOGS_MAX_MIB` bounds what it keeps.
 */
import { createLog } from "@berth/functions/log";
import { hostOptions } from "../host-options.ts";
import { startLogService } from "./start-log-service.ts";

const MIB = 1024 * 1024;
const DEFAULT_MAX_MIB = 1_024;

const service = await startLogService(
  { ...hostOptions(process.env), maxBytes: maxMiB(process.env["BERTH_LOGS_MAX_MIB"]) * MIB },
  createLog("logs"),
);
process.once("SIGTERM", () => void service.stop().then(() => process.exit(0)));
process.send?.({ kind: "ready" });

function maxMiB(text: string | undefined): number {
  if (text === undefined) return DEFAULT_MAX_MIB;
  if (!/^[1-9]\d*$/.test(text)) throw new Error("BERTH_LOGS_MAX_MIB must be a number of MiB.");
  return Number(text);
}
