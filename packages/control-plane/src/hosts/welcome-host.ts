import type { InstanceLedger } from "@berth/domain/container-instance";
import type { AgentSession } from "@berth/domain/session";
import { welcomeHost as welcomed } from "@berth/planner/dispatch/plan-host";
import type { Stored } from "@berth/store/store";
import type { ControlPlane } from "../context.ts";
import { persist } from "../reconcile/persist.ts";

/**
 * Takes an instance whose machine had stopped into service again, once its agent is back.
 *
 * @returns the ledger as it is then.
 */
export async function welcomeHost(
  { store: { instances } }: ControlPlane,
  seen: Stored<InstanceLedger>,
  session: AgentSession | undefined,
): Promise<Stored<InstanceLedger>> {
  if (!welcomed(seen, session)) return seen;
  const done = await persist<InstanceLedger>(
    async () => instances.findLedger(seen.cluster, seen.id),
    (ledger) => welcomed(ledger, session),
    (ledger) => instances.replaceLedger(ledger),
  );
  return done?.item ?? seen;
}
