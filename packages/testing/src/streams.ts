import { STREAMS_ATTRIBUTE, type StreamFrame } from "@berth/contracts/stream/frames";
import type { Envelope } from "@berth/contracts/agent/messages";
import { bindAgent, bindClient } from "@berth/control-plane/streams/bind-stream";
import { StreamRelay } from "@berth/control-plane/streams/stream-relay";
import type { StreamControlPlane } from "@berth/control-plane/streams/stream-context";
import { containerInstanceArn } from "@berth/domain/arn";
import type { StreamSession } from "@berth/domain/stream-session";
import type { Task } from "@berth/domain/task";
import { aSession, aTask, aTaskContainer, instanceId } from "./builders.ts";
import { aControlPlane, type TestControlPlane } from "./control-plane.ts";
import { setUpCluster } from "./set-up-cluster.ts";

/** A stream session that nobody has dialled for yet. */
export const aStreamSession = (overrides: Partial<StreamSession> = {}): StreamSession => ({
  id: `${instanceId(1)}-${"0".repeat(31)}1`,
  cluster: "default",
  containerInstanceId: instanceId(1),
  taskId: aTask().id,
  principalArn: "arn:aws:iam::123456789012:user/alice",
  request: { kind: "exec", container: "web", command: ["ls"], tty: false },
  createdAt: 0,
  until: 7_000_000,
  tokenHash: "0".repeat(64),
  ...overrides,
});

export const AGENT_CONNECTION = "commands";

/** A task that runs, on an instance whose agent is connected and leads into containers. */
export async function aStreamWorld(task: Partial<Task> = {}): Promise<StreamWorld> {
  const controlPlane = aControlPlane();
  const attributes = [{ name: STREAMS_ATTRIBUTE }];
  await setUpCluster(controlPlane, { instance: { attributes } });
  await controlPlane.store.sessions.create(aSession({ connectionId: AGENT_CONNECTION }));
  const container = aTaskContainer({ name: "web", lastStatus: "RUNNING" });
  const running = { lastStatus: "RUNNING", enableExecuteCommand: true } as const;
  await controlPlane.store.tasks.create(aTask({ ...running, containers: [container], ...task }));
  return new StreamWorld(controlPlane);
}

/** A control plane and the relay of one of its processes, with what was pushed by it. */
export class StreamWorld {
  readonly controlPlane: TestControlPlane;
  readonly streams: StreamControlPlane;
  readonly relay: StreamRelay;
  readonly pushed: (readonly [string, Envelope])[] = [];
  readonly audited: string[] = [];

  constructor(controlPlane: TestControlPlane) {
    this.controlPlane = controlPlane;
    this.streams = {
      ...controlPlane,
      connections: {
        push: async (connectionId, message) => {
          if (controlPlane.gone.has(connectionId)) return "gone";
          this.pushed.push([connectionId, message]);
          return "sent";
        },
      },
      audit: { info: (message) => void this.audited.push(message) },
    };
    this.relay = this.anotherRelay();
  }

  /** Of another process, which knows nothing yet. */
  anotherRelay(): StreamRelay {
    return new StreamRelay(this.streams);
  }

  dialAsClient(sessionId: string, token: string, connectionId = "client"): Promise<void> {
    return bindClient(this.streams, { sessionId, token, connectionId });
  }

  dialAsAgent(sessionId: string, instance = instanceId(1), connectionId = "agent") {
    const { scope } = this.controlPlane;
    const arn = containerInstanceArn(scope, "default", instance);
    const at = { kind: "acs", cluster: "default", containerInstanceArn: arn } as const;
    return bindAgent(this.streams, { ...at, sessionId, connectionId }, this.controlPlane);
  }

  /** What came to a connection, by what it was. */
  heardBy(connectionId: string): readonly Envelope[] {
    return this.pushed.filter(([to]) => to === connectionId).map(([, message]) => message);
  }
}

export const aStreamFrame = (frame: StreamFrame): Envelope => ({ type: "Stream", message: frame });
