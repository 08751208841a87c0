import type { ECSClient } from "@aws-sdk/client-ecs";
import type { Log } from "../log.ts";
import type { RoleKeeper } from "../endpoints/role-keeper.ts";
import type { Runner } from "../runner.ts";
import type { InstanceRecord, StateFiles } from "../state-files.ts";
import type { ContainerStreams } from "../streams/container-streams.ts";
import { StreamServer } from "../streams/stream-server.ts";
import { CommandHandler, type CommandHandlerParts } from "./command-handler.ts";
import { CommandLink } from "./command-link.ts";
import { CONNECTION_TIMES, keepConnected } from "./connection.ts";
import { Endpoints } from "./endpoints.ts";
import { urlSigner } from "./signing.ts";
import { RuntimeChecks } from "./runtime-check.ts";
import { TelemetryLink } from "./telemetry-link.ts";
import type { TakeUsage } from "./telemetry.ts";

export interface SessionParts {
  readonly api: ECSClient;
  readonly instance: InstanceRecord;
  readonly dockerVersion: string;
  readonly runner: Runner;
  readonly roles: RoleKeeper;
  readonly takeUsage: TakeUsage;
  /** Absent where there is no way into containers. */
  readonly streams?: ContainerStreams;
  readonly files: StateFiles;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Fails where the engine does not answer in time. */
  ping(): Promise<void>;
  /** Called whenever the command socket is open. */
  onConnected(): void;
}

const PUBLISH_EVERY_MS = 20_000;

/**
 * Keeps the two sockets to the control plane open until the signal aborts. Telemetry begins with the
 * first command connection, and pauses while the instance is deregistered.
 */
export async function openSession(parts: SessionParts): Promise<void> {
  const { api, instance, runner, log, signal } = parts;
  const endpoints = new Endpoints(api, instance, log);
  const sign = urlSigner(api);
  const runtime = new RuntimeChecks(() => parts.ping());
  const telemetry = new TelemetryLink({
    ...parts,
    runtime: () => runtime.latest,
    source: instance,
    endpoints,
    sign,
    tasks: () => runner.tasks,
    publishEveryMs: PUBLISH_EVERY_MS,
  });
  runner.onHealthChange(() => telemetry.publishHealth());
  const streams =
    parts.streams &&
    new StreamServer({
      ...parts,
      engine: parts.streams,
      endpoints,
      sign,
      tasks: () => runner.tasks,
    });
  let telemetryPause: AbortController | undefined;
  const commands = new CommandLink({
    ...parts,
    endpoints,
    sign,
    handler: commandHandler(parts, {
      onHeartbeat: () => {
        void runtime.look(Date.now).then(() => telemetry.publishInstanceStatus());
      },
      onOpenStream: (asked) => streams?.open(asked),
    }),
    onConnected() {
      parts.onConnected();
      if (telemetryPause) return;
      telemetryPause = new AbortController();
      const untilPaused = AbortSignal.any([signal, telemetryPause.signal]);
      void keepConnected(telemetry, { log, signal: untilPaused, times: CONNECTION_TIMES });
    },
    onInactive() {
      log.error("instance-inactive", { arn: instance.containerInstanceArn });
      telemetryPause?.abort();
      telemetryPause = undefined;
    },
  });
  await keepConnected(commands, { log, signal, times: CONNECTION_TIMES });
}

function commandHandler(
  { instance, runner, roles, files, log }: SessionParts,
  listeners: Pick<CommandHandlerParts, "onHeartbeat" | "onOpenStream">,
): CommandHandler {
  return new CommandHandler({
    target: runner,
    roles,
    timeline: instance.timeline,
    saveTimeline: (timeline) => files.saveInstance({ ...instance, timeline }),
    ...listeners,
    log,
  });
}
