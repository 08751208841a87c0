import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ENGINE = "/var/run/docker.sock";

/** What becomes of a request: it is passed on unless a rule says otherwise. */
export type Fate =
  | "pass"
  /** Nothing is ever answered. */
  | "hang"
  /** The engine does it, and the line breaks before the answer. */
  | "drop"
  /** The engine answers, but the body stays open and says nothing. */
  | "silence"
  | { readonly status: number; readonly message: string };

export type Rule = (call: string) => Fate;

/** Stands between one agent and the engine: counts what is asked, and does to it what a test says. */
export class EngineProxy {
  /** Such as `POST /containers/ID/stop`, without the query. */
  readonly calls: string[] = [];
  /** What of the next requests becomes. */
  rule: Rule = () => "pass";
  readonly #server: Server;
  readonly #directory: string;
  readonly #engine: string;

  private constructor(server: Server, directory: string, engine: string) {
    this.#server = server;
    this.#directory = directory;
    this.#engine = engine;
    server.on("request", (request, response) => this.#take(request, response));
  }

  static async start(engine = ENGINE): Promise<EngineProxy> {
    const directory = mkdtempSync(join(tmpdir(), "berth-proxy-"));
    // Pulls and events answer for as long as they like, and idle connections stay, as the engine has it.
    const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0 });
    server.listen(join(directory, "docker.sock"));
    await once(server, "listening");
    return new EngineProxy(server, directory, engine);
  }

  get dockerHost(): string {
    return `unix://${this.#directory}/docker.sock`;
  }

  /** From now on nothing is answered, and what was under way is not either. */
  hang(): void {
    this.rule = () => "hang";
  }

  /** Lets all requests through, and cuts off those that hang. */
  recover(): void {
    this.rule = () => "pass";
    this.#server.closeAllConnections();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? "/", "http://engine");
    const call = `${request.method} ${pathname.replace(/^\/v1\.\d+/, "")}`;
    this.calls.push(call);
    const fate = this.rule(call);
    if (fate === "hang") request.resume();
    else if (typeof fate === "object") {
      request.resume();
      response.writeHead(fate.status, { "content-type": "application/json" });
      response.end(JSON.stringify({ message: fate.message }));
    } else this.#pass(request, response, fate);
  }

  #pass(request: IncomingMessage, response: ServerResponse, fate: Fate): void {
    const { url, method, headers } = request;
    const passed = httpRequest({ socketPath: this.#engine, path: url, method, headers });
    request.pipe(passed);
    passed.on("response", (answer) => {
      if (fate === "drop") return response.destroy();
      response.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
      if (fate === "silence") return answer.resume();
      return answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    response.on("close", () => passed.destroy());
  }
}
