import type { SignUrl } from "@berth/agent/session/signing";
import { openSocket, type OpenSocket, type SocketEnd } from "@berth/agent/session/socket";
import { eventually } from "../api/eventually.ts";
import { type Frame, readFrame, type SequenceMark, type SocketKind } from "./frame-rules.ts";

const PATIENCE_MS = 10_000;

export interface SocketParts {
  readonly kind: SocketKind;
  readonly url: URL;
  readonly sign: SignUrl;
  readonly mark: SequenceMark;
}

interface Heard {
  readonly frame: Frame;
  /** Epoch ms. */
  readonly at: number;
}

/** One of an agent's sockets, played by hand: keeps all that it hears, and says what it is told to. */
export class ScriptedSocket {
  /** What it answers by itself, as an agent does. */
  acknowledges: "all" | "heartbeats" | "nothing" = "all";
  readonly heard: Heard[] = [];
  /** What was wrong with the frames that it heard. */
  readonly faults: string[] = [];
  readonly #parts: SocketParts;
  readonly #open: OpenSocket;
  readonly #taken = new Set<Heard>();

  private constructor(parts: SocketParts, open: OpenSocket) {
    this.#parts = parts;
    this.#open = open;
    // With ws's defaults a text message is one Buffer.
    open.webSocket.on("message", (data) => this.#hear((data as Buffer).toString("utf8")));
  }

  /** @throws HandshakeRefused */
  static async open(parts: SocketParts): Promise<ScriptedSocket> {
    return new ScriptedSocket(parts, await openSocket(parts.url, parts.sign));
  }

  get closed(): Promise<SocketEnd> {
    return this.#open.closed;
  }

  get isOpen(): boolean {
    const { webSocket } = this.#open;
    return webSocket.readyState === webSocket.OPEN;
  }

  /** The next frame of the type that was not taken before, as soon as there is one. */
  async next(type: string, isIt: (message: Frame["message"]) => boolean = () => true) {
    const found = await eventually(
      `a ${type}`,
      async () => this.#untaken(type).find(({ frame }) => isIt(frame.message)),
      PATIENCE_MS,
    ).catch((error: unknown) => {
      throw new Error(`Heard ${this.#summary()}`, { cause: error });
    });
    this.#taken.add(found);
    return found.frame.message;
  }

  /** Those of the type so far, by what they say. */
  all(type: string): readonly Frame["message"][] {
    return this.heard.filter(({ frame }) => frame.type === type).map(({ frame }) => frame.message);
  }

  /** What it was told of a task so far, by what the task is to be. */
  told(taskArn: string): readonly string[] {
    return this.all("PayloadMessage")
      .flatMap(({ tasks }) => tasks as readonly { readonly arn: string; desiredStatus: string }[])
      .filter(({ arn }) => arn === taskArn)
      .map(({ desiredStatus }) => desiredStatus);
  }

  /** Sends a message as agents do: on TCS with the signed header block before it. */
  async say(type: string, message: unknown): Promise<void> {
    await this.sayText(JSON.stringify({ type, message }));
  }

  /** The same with any text in the place of a frame. */
  async sayText(text: string): Promise<void> {
    this.sayRaw(this.#parts.kind === "tcs" ? `${await this.#headerBlock()}\r\n${text}` : text);
  }

  sayRaw(data: string | Buffer): void {
    this.#open.webSocket.send(data);
  }

  /** Breaks the line, as a host does that loses its power. */
  terminate(): void {
    this.#open.webSocket.terminate();
  }

  async close(): Promise<SocketEnd> {
    this.#open.webSocket.close(1000);
    return this.closed;
  }

  #hear(data: string): void {
    const { frame, faults } = readFrame(this.#parts.kind, data);
    this.faults.push(...faults);
    if (!frame) return;
    this.faults.push(...this.#parts.mark.raise(frame));
    this.heard.push({ frame, at: Date.now() });
    this.#acknowledge(frame);
  }

  #acknowledge({ type, message }: Frame): void {
    if (this.acknowledges === "nothing" || this.#parts.kind === "tcs") return;
    const { messageId, clusterArn: cluster, containerInstanceArn: containerInstance } = message;
    if (type === "HeartbeatMessage") {
      void this.say("HeartbeatAckRequest", { messageId });
    } else if (this.acknowledges === "heartbeats") {
      return;
    } else if (type === "PayloadMessage" || type === "TaskManifestMessage") {
      void this.say("AckRequest", { cluster, containerInstance, messageId });
    }
  }

  #untaken(type: string): readonly Heard[] {
    return this.heard.filter((each) => each.frame.type === type && !this.#taken.has(each));
  }

  #summary(): string {
    return this.heard.map(({ frame }) => frame.type).join(", ") || "nothing";
  }

  async #headerBlock(): Promise<string> {
    const headers = await this.#parts.sign(this.#parts.url);
    return Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("");
  }
}
