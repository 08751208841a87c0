import { effectiveValue, rootArn } from "@berth/domain/account-setting";
import type { TaskDefinition } from "@berth/domain/task-definition";
import { leavesModeOpen, type LogDriverMode } from "../agents/log-config.ts";
import { findSettings } from "../commands/account-settings.ts";
import type { ControlPlane } from "../context.ts";

type Settings = Pick<ControlPlane, "now" | "scope" | "store">;

/** A change of the account's setting is for tasks that start from then on, or so much later. */
const KEPT_MS = 60_000;

interface Known {
  readonly mode: LogDriverMode;
  /** Epoch ms. */
  readonly until: number;
}

const known = new WeakMap<Settings["store"], Known>();

/**
 * How containers of these definitions hand their output to log drivers where they do not say: the account's
 * `defaultLogDriverMode`, which is read only where one of them leaves it open.
 */
export async function defaultLogMode(
  settings: Settings,
  definitions: Iterable<TaskDefinition>,
): Promise<LogDriverMode> {
  const isOpen = [...definitions].some(({ containerDefinitions }) =>
    containerDefinitions.some(leavesModeOpen),
  );
  const remembered = known.get(settings.store);
  const now = settings.now();
  if (!isOpen) return "non-blocking";
  if (remembered && now < remembered.until) return remembered.mode;
  const found = await findSettings(settings, rootArn(settings.scope.account));
  const value = effectiveValue("defaultLogDriverMode", found);
  const mode = value === "blocking" ? "blocking" : "non-blocking";
  known.set(settings.store, { mode, until: now + KEPT_MS });
  return mode;
}
