/**
 * The control plane of one machine as a program. The supervisor starts it and gives it its
 * environment; see `host-options.ts`.
 */
import { createLog } from "@berth/functions/log";
import { startHost } from "./host.ts";
import { hostOptions } from "./host-options.ts";

const host = await startHost(hostOptions(process.env), createLog("control-plane"));
process.once("SIGTERM", () => void host.stop().then(() => process.exit(0)));
process.send?.({ kind: "ready" });
