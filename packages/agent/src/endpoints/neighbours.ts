import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { lstatSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { type IncomingMessage, request as openRequest, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { type AnswerRequest, type EndpointAnswer, type EndpointRequest, text } from "./answer.ts";
import { createEndpointServer } from "./endpoint-server.ts";

/** Said among agents alone: the container is none of mine; and: ask again, I do not know them yet. */
const NOT_MINE = 421;
const NOT_YET = 425;
/** Longer than the API may take that a task asks by way of its agent. */
const TIMEOUT_MS = 5_000;

class NotYet extends Error {}

/**
 * The agents of one machine. One of them answers at the address that all containers ask; what it does
 * not know it asks the others, each on a socket in a directory that is only theirs.
 */
export class Neighbours {
  readonly #directory: string;
  readonly #name = `${process.pid}-${randomUUID()}.sock`;
  readonly #server: Server;

  /** @param own undefined until this agent knows its tasks */
  constructor(own: () => AnswerRequest | undefined, directory = agentsDirectory()) {
    this.#directory = directory;
    this.#server = createEndpointServer(async (request) => {
      const answer = own();
      return (answer ? await answer(request) : text(NOT_YET, "")) ?? text(NOT_MINE, "");
    });
  }

  /** @throws Error where others may write in the directory: they could answer for an agent */
  async open(): Promise<void> {
    makePrivate(this.#directory);
    this.#server.listen(join(this.#directory, this.#name));
    await once(this.#server, "listening");
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /**
   * The answer of the one that knows, whoever else is slow. `notYet`: nobody does, and one of them
   * does not know its tasks yet.
   */
  async ask(request: EndpointRequest): Promise<EndpointAnswer | "notYet" | undefined> {
    const others = readdirSync(this.#directory).filter((each) => each !== this.#name);
    try {
      return await Promise.any(others.map((each) => this.#askOwner(each, request)));
    } catch (error) {
      const { errors } = error as AggregateError;
      return errors.some((each) => each instanceof NotYet) ? "notYet" : undefined;
    }
  }

  /** @throws Error where it is not the owner */
  async #askOwner(name: string, request: EndpointRequest): Promise<EndpointAnswer> {
    const answer = await this.#askOne(name, request);
    if (answer?.status === NOT_YET) throw new NotYet();
    if (!answer || answer.status === NOT_MINE) throw new Error("the container is not its own");
    return answer;
  }

  async #askOne(name: string, request: EndpointRequest): Promise<EndpointAnswer | undefined> {
    const socketPath = join(this.#directory, name);
    try {
      return await send(socketPath, request);
    } catch (error) {
      // Its agent was killed.
      if ((error as { code?: unknown }).code === "ECONNREFUSED")
        rmSync(socketPath, { force: true });
      return undefined;
    }
  }
}

async function send(
  socketPath: string,
  { method, path, query, body }: EndpointRequest,
): Promise<EndpointAnswer> {
  const asked = openRequest({
    socketPath,
    method,
    path: `${path}?${query.toString()}`,
    headers: { "content-length": Buffer.byteLength(body) },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  asked.end(body);
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  const isJson = answer.headers["content-type"] === "application/json";
  return {
    status: answer.statusCode ?? 500,
    contentType: isJson ? "application/json" : "text/plain; charset=utf-8",
    body: await readText(answer),
  };
}

const userId = (): number => process.getuid?.() ?? 0;

/** Of all agents that run as this user. */
const agentsDirectory = (): string =>
  userId() === 0 ? "/run/berth-agents" : join(tmpdir(), `berth-agents-${userId()}`);

function makePrivate(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(directory);
  if (uid !== userId() || (mode & 0o077) !== 0) {
    throw new Error(`${directory} is not this user's alone`);
  }
}
