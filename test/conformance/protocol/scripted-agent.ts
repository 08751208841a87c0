import { randomUUID } from "node:crypto";
import { ECSClient } from "@aws-sdk/client-ecs";
import { urlSigner } from "@berth/agent/session/signing";
import { socketUrl } from "@berth/agent/session/socket";
import { signedFetch } from "../../e2e/signed-fetch.ts";
import type { OneMachine, RootEndpoint } from "../api/one-machine.ts";
import { SequenceMark, type SocketKind } from "./frame-rules.ts";
import { ScriptedSocket } from "./scripted-socket.ts";

/** An answer of the ECS API as it came. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface SaidAttribute {
  readonly name: string;
  readonly value?: string;
}

type Members = Readonly<Record<string, unknown>>;

/** Whose key it signs with. */
export type Keyed = Pick<OneMachine, "endpoint">;

/** What the real agent says of a machine outside EC2 (section 3): no versions, an empty document. */
export function registrationOf(cluster: string, members: Members = {}): Members {
  return {
    cluster,
    clientToken: randomUUID(),
    instanceIdentityDocument: "",
    instanceIdentityDocumentSignature: "",
    totalResources: [
      { name: "CPU", type: "INTEGER", integerValue: 4096 },
      { name: "MEMORY", type: "INTEGER", integerValue: 8192 },
      { name: "PORTS", type: "STRINGSET", stringSetValue: ["22", "2375", "51678"] },
      { name: "PORTS_UDP", type: "STRINGSET", stringSetValue: [] },
    ],
    attributes: [
      { name: "ecs.capability.full-sync" },
      ...["1.17", "1.18", "1.19", "1.21", "1.24", "1.25", "1.29"].map((version) => ({
        name: `com.amazonaws.ecs.capability.docker-remote-api.${version}`,
      })),
      { name: "com.amazonaws.ecs.capability.logging-driver.json-file" },
      { name: "ecs.capability.container-health-check" },
      { name: "ecs.os-type", value: "linux" },
      { name: "ecs.os-family", value: "LINUX" },
      { name: "ecs.cpu-architecture", value: "x86_64" },
    ],
    tags: [],
    ...members,
  };
}

/** An operation of the ECS API, in the agent's own words, which no SDK checks. */
export async function callEcs(keyed: Keyed, operation: string, body: object): Promise<Answer> {
  const response = await signedFetch(keyed, {
    method: "POST",
    path: "/",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AmazonEC2ContainerServiceV20141113.${operation}`,
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

/** An agent without an engine: it registers, dials, and otherwise does only what a test makes it do. */
export class ScriptedAgent {
  readonly arn: string;
  readonly cluster: string;
  readonly sockets: ScriptedSocket[] = [];
  /** Whom it signs as. */
  keyed: Keyed;
  readonly #mark = new SequenceMark();

  constructor(keyed: Keyed, cluster: string, arn: string) {
    this.keyed = keyed;
    this.cluster = cluster;
    this.arn = arn;
  }

  static async register(
    keyed: Keyed,
    cluster: string,
    members: Members = {},
  ): Promise<ScriptedAgent> {
    const body = registrationOf(cluster, members);
    const answer = await callEcs(keyed, "RegisterContainerInstance", body);
    const { containerInstance } = answer.body as {
      readonly containerInstance?: { readonly containerInstanceArn: string };
    };
    if (!containerInstance) throw new Error(`not registered: ${JSON.stringify(answer)}`);
    return new ScriptedAgent(keyed, cluster, containerInstance.containerInstanceArn);
  }

  /** What was wrong with anything that it was ever sent. */
  get faults(): readonly string[] {
    return this.sockets.flatMap(({ faults }) => faults);
  }

  /** @param query What is to be otherwise; undefined leaves a parameter out. */
  async dial(
    kind: SocketKind,
    query: Readonly<Record<string, string | undefined>> = {},
  ): Promise<ScriptedSocket> {
    const endpoint = await this.#discover(kind);
    const parameters = Object.entries({ ...this.#query(kind), ...query }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    const url = socketUrl(endpoint, Object.fromEntries(parameters));
    const parts = { kind, url, sign: signerOf(this.keyed.endpoint), mark: this.#mark };
    const socket = await ScriptedSocket.open(parts);
    this.sockets.push(socket);
    return socket;
  }

  /** Dials, and takes the greeting that every command socket gets. */
  async connect(): Promise<ScriptedSocket> {
    const socket = await this.dial("acs");
    await socket.next("TaskManifestMessage");
    return socket;
  }

  async submit(task: string, change: Members): Promise<Answer> {
    return callEcs(this.keyed, "SubmitTaskStateChange", { cluster: this.cluster, task, ...change });
  }

  async #discover(kind: SocketKind): Promise<string> {
    const answer = await callEcs(this.keyed, "DiscoverPollEndpoint", {
      cluster: this.cluster,
      containerInstance: this.arn,
    });
    const found = answer.body[kind === "acs" ? "endpoint" : "telemetryEndpoint"];
    return typeof found === "string" ? found : this.keyed.endpoint.url;
  }

  #query(kind: SocketKind): Readonly<Record<string, string>> {
    const about = { agentHash: "8dfceca6", agentVersion: "1.105.1" };
    return kind === "acs"
      ? {
          ...about,
          clusterArn: this.cluster,
          containerInstanceArn: this.arn,
          dockerVersion: "DockerVersion: 20.10.24",
          protocolVersion: "2",
          sendCredentials: "true",
          seqNum: "1",
        }
      : {
          ...about,
          cluster: this.cluster,
          containerInstance: this.arn,
          dockerVersion: "20.10.24",
        };
  }
}

const signerOf = ({ region, accessKeyId, secretAccessKey }: RootEndpoint) =>
  urlSigner(new ECSClient({ region, credentials: { accessKeyId, secretAccessKey } }));
